"""An office whose review is open: the real desk over a street in a file, and people whose session is their name."""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flows.review_stories import NOW, PEOPLE, ReviewStory, ident
from memory_registry import MemoryRegistry
from PIL import Image, ImageDraw

from doorplate.errors import NotPermitted
from doorplate.field.records import FieldFile
from doorplate.people.account import Actor
from doorplate.settings import Settings
from doorplate.store import Store, open_store
from webapp.factory import Work, create_app


@dataclass
class Names:
    """A `SignIn` for which the token is the name of somebody in the story."""

    story: ReviewStory

    def session_actor(self, token: str) -> Actor:
        if token not in PEOPLE:
            raise NotPermitted("session.over", "登录已经结束")
        return self.story.actor(token)


def open_office(template: Path, folder: Path) -> tuple[Flask, ReviewStory, Store]:
    """template: a migrated, empty file."""
    path = folder / "office.sqlite"
    shutil.copy(template, path)
    store = open_store(f"sqlite:///{path}")
    story = ReviewStory(store)
    work = Work(sign_in=cast(Any, Names(story)), field=cast(Any, None), review=story.desk)
    return create_app(Settings(), MemoryRegistry(), doors=("desk",), work=work), story, store


def busy(story: ReviewStory) -> dict[str, str]:
    """A morning's reports, one of each kind that looks different; name → item id."""
    fix = [{"lon": 108.2002, "lat": 34.2702, "accuracy_m": 6, "at": "2026-11-23T02:00:00+00:00"}]
    point = {"lon": 108.20033, "lat": 34.27012, "accuracy_m": 4, "samples": 12}
    found = {"first": story.correction("wang", 1, number="11", suffix="1", point=point)}
    found["hard"] = story.correction("li", 1, number="13")
    found["moved"] = story.correction("wang", 2, reason="moved_point", point=point)
    found["flagged"] = story.send("wang", {
        "kind": "correction", "operation": "correct", "community": "610431001203",
        "reason": "院墙拆了重砌, 门改到巷子里, 和隔壁 6 号共用一个门洞",
        "address": ident("house 3"), "base": 1, "fixes": fix, "changes": {"street": "幸福路", "lane": "二巷", "number": "33"},
        "note": "住户说去年就改了。\n照片里左边那扇门是 33 号。"}, ("street", "lane", "number"), ("gnss.far", "clock.off"))
    found["retire"] = story.correction("li", 4, "retire", "demolished")
    found["new"] = story.correction("wang", None, "assign", "new_house", street="幸福路", number="21", point=point)
    found["seen"] = story.correction("li", 5, "verify", "seen")
    found["own"] = story.correction("sun", 6, number="66")
    found["household"] = story.send("wang", {
        "kind": "household", "household": ident("h1"), "address": ident("house 1"), "community": "610431001203", "base": 1,
        "changes": {"members": 5, "contact": {"name": "测试张某", "phone": "13800001111"}},
        "consents": [{"id": "c" * 32, "purpose": "contact", "words": "2026-1"}]}, ("members", "contact"))
    story.approve(found["first"])
    with_photos(story, found["flagged"], ("#8fa3b7", "#b58a5a", "#6b8f71"))
    return found


def with_photos(story: ReviewStory, item: str, colours: tuple[str, ...]) -> None:
    with story.registry.store.writing() as unit:
        for number, colour in enumerate(colours):
            one = ident(f"photo {item} {number}")
            out = io.BytesIO()
            picture = Image.new("RGB", (800, 600), colour)
            ImageDraw.Draw(picture).rectangle((250, 180, 550, 360), fill="#0b4ea2")
            picture.save(out, "JPEG")
            story.vault.put(f"field/{one}", out.getvalue())
            kept = FieldFile(one, ident("wang"), item, "photo", "image/jpeg", f"field/{one}", 9, one, {}, NOW)
            unit.save(None, kept, story.registry.event("field_file.received", one))


def many(story: ReviewStory, count: int) -> None:
    """So many clean ones more, each about one of the street's doors."""
    story_item = story.item(story.correction("wang", 6, number="61"))
    with story.registry.store.writing() as unit:
        unit.save_many([
            (None, replace(story_item, id=ident(f"many {n}"), received_at=NOW + timedelta(seconds=n), version=0,
                           payload_sealed=None), story.registry.event("field_item.received", ident(f"many {n}")))
            for n in range(count)])
