"""The right plate on the right wall, told from the wall itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from case_stories import VILLAGE
from door_stories import CODES, FAR, NEAR, NEXT, WORKER, World, world

from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.field.records import FieldFile, Mounting
from doorplate.model import Address, BatchPlate, Community, Elements, Plate, PlateBox, PrintBatch
from doorplate.registry.field.mountings import flags_of_mount, record_mount
from doorplate.store import Store
from tests.support.village import uid

PHOTO, VOICE = uid("photo"), uid("voice")


@pytest.fixture
def here(store: Store) -> World:
    """With a picture and a voice note the phone has sent already."""
    made = world(store)
    with store.writing() as unit:
        for one, kind in ((PHOTO, "photo"), (VOICE, "voice")):
            unit.save(None, FieldFile(one, WORKER, "", kind, "x/y", "k", 1, "0" * 64),  # type: ignore[arg-type]
                      made.work.registry.event("field_file.kept", one))
    return made


def hang(here: World, name: str = "near", **more: Any) -> Mounting:
    values = {"plate": CODES[name], "outcome": "mounted", "scanned": True, "height_mm": 1700, "side": "right", "files": [PHOTO],
              **more}
    sent = here.told("mount", **values)
    with here.store.writing() as unit:
        record_mount(here.work, unit, here.item(sent), sent)
    with here.store.reading() as reader:
        return reader.mountings_at([sent.address])[-1]


def status(here: World, name: str = "near") -> str:
    with here.store.reading() as reader:
        [plate] = reader.plates_coded([CODES[name]])
        return plate.status


def refused(here: World, kind: type[DoorplateError], **more: Any) -> str:
    with pytest.raises(kind) as told:
        hang(here, **more)
    return told.value.code


def test_a_plate_that_hangs_is_mounted_with_where_and_how_high(here: World) -> None:
    point = {"lon": 108.2, "lat": 34.27, "accuracy_m": 4, "samples": 9}
    told = hang(here, point=point)
    assert status(here) == "mounted"
    assert (told.height_mm, told.side, told.photo_id, told.lon, told.accuracy_m) == (1700, "right", PHOTO, 108.2, 4)


def test_a_plate_is_typed_in_groups_as_it_is_printed(here: World) -> None:
    code = CODES["near"]
    hang(here, plate=f"{code[:4]}-{code[4:8]} {code[8:12]} {code[12:]}".lower())
    assert status(here) == "mounted"


def test_a_neighbours_plate_is_refused_and_says_whose_it_is(here: World) -> None:
    with pytest.raises(Refused, match="幸福路2号") as told:
        hang(here, name="next")
    assert told.value.code == "mount.wrong_door"
    assert status(here, "next") == "issued"
    with here.store.reading() as reader:
        assert not reader.mountings_at([NEAR, NEXT])


@pytest.mark.parametrize("code", ["", "ABC", "0000000000019", "x.example/d/0000000000018", "0" * 40])
def test_what_is_no_plate_of_ours_is_told_so(here: World, code: str) -> None:
    assert refused(here, NotFound, plate=code) == "plate.unknown"


def test_a_retired_plate_does_not_hang(here: World) -> None:
    assert refused(here, Refused, name="gone", address=uid("door gone")) == "plate.transition"


def test_where_nobody_packs_the_steps_left_out_are_recorded(here: World) -> None:
    with here.store.writing() as unit:
        [plate] = unit.plates_coded([CODES["far"]])
        unit.save(plate, replace(plate, status="proved"), here.work.registry.event("plate.proved", plate.id))
    hang(here, name="far", address=FAR)
    with here.store.reading() as reader:
        verbs = [one.event.verb for one in reader.events(subject_id=uid("plate far"))]
    assert verbs[-3:] == ["plate.packed", "plate.issued", "plate.mounted"]


def test_hung_twice_is_hung_once(here: World) -> None:
    hang(here)
    hang(here)
    with here.store.reading() as reader:
        assert [one.event.verb for one in reader.events(subject_id=uid("plate near"))].count("plate.mounted") == 1


@pytest.mark.parametrize(("outcome", "then"), [("absent", "issued"), ("refused", "issued"), ("no_place", "issued"),
                                               ("damaged", "damaged"), ("lost", "lost")])
def test_what_else_can_happen_at_a_door(here: World, outcome: str, then: str) -> None:
    told = hang(here, outcome=outcome, note="" if outcome == "absent" else "主人说明天再来", files=[])
    assert told.outcome == outcome
    assert status(here) == then


@pytest.mark.parametrize("outcome", ["refused", "no_place", "damaged", "lost"])
def test_an_outcome_that_needs_a_reason_does_not_go_without(here: World, outcome: str) -> None:
    assert refused(here, InputError, outcome=outcome, note="  ") == "mount.no_words"
    assert status(here) == "issued"


def test_a_side_nobody_offered_is_refused(here: World) -> None:
    assert refused(here, InputError, side="roof") == "mount.side"


@pytest.mark.parametrize(("more", "flags"), [
    ({}, ()), ({"files": []}, ("mount.no_photo",)), ({"files": [VOICE]}, ("mount.no_photo",)),
    ({"height_mm": 900}, ("mount.height",)),
    ({"height_mm": None}, ("mount.height",)),
    ({"scanned": False}, ("mount.typed",)), ({"outcome": "absent", "files": [], "scanned": False}, ())])
def test_what_a_reviewer_must_look_at(here: World, more: dict[str, Any], flags: tuple[str, ...]) -> None:
    values = {"plate": CODES["near"], "outcome": "mounted", "scanned": True, "height_mm": 1650, "files": [PHOTO], **more}
    with here.store.reading() as reader:
        assert flags_of_mount(here.work, reader, here.told("mount", **values)) == flags


def another(here: World, code: str = "0000000000050", **more: Any) -> Plate:
    """One more plate for the near house."""
    values = {"id": uid(f"plate {code}"), "code": code, "address_id": NEAR, "kind": "small-gate", "status": "issued", **more}
    plate = Plate(**values)
    with here.store.writing() as unit:
        return unit.save(None, plate, here.work.registry.event("plate.added", plate.id))


def test_a_second_plate_of_a_kind_needs_a_reason_and_a_reviewer(here: World) -> None:
    hang(here)
    second = another(here)
    assert refused(here, Refused, plate=second.code) == "mount.second"
    sent = here.told("mount", plate=second.code, outcome="mounted", scanned=True, height_mm=1700, files=[PHOTO], note="后门也要")
    with here.store.reading() as reader:
        assert flags_of_mount(here.work, reader, sent) == ("mount.second",)
    hang(here, plate=another(here, "0000000000069", kind="room").code)


def test_hung_again_is_looked_at(here: World) -> None:
    hang(here)
    sent = here.told("mount", plate=CODES["near"], outcome="mounted", scanned=True, height_mm=1700, files=[PHOTO])
    with here.store.reading() as reader:
        assert flags_of_mount(here.work, reader, sent) == ("mount.again",)


def test_nobody_at_home_where_it_hangs_already_makes_no_sense(here: World) -> None:
    hang(here)
    assert refused(here, Refused, outcome="absent") == "mount.hangs"


def test_a_plate_that_goes_home_again_is_noted_in_its_box(here: World) -> None:
    plates = tuple(BatchPlate(CODES[one], f"https://x/{one}", "陕西省营上村幸福路", "幸福路", one, "small-gate", "", "")
                   for one in ("near", "next"))
    batch = PrintBatch(uid("batch"), VILLAGE, "community", "d", "https://x", here.clock.now, plates)
    box = PlateBox(uid("box"), batch.id, 1, 1, "", (CODES["near"], CODES["next"]), "issued", installer="王师傅")
    with here.store.writing() as unit:
        unit.save_many((None, one, here.work.registry.event("x.added", one.id)) for one in (batch, box))
    hang(here, outcome="refused", note="李四说先不装")
    with here.store.reading() as reader:
        [after] = reader.boxes(batch.id)
        told = reader.events(subject_id=box.id)
    assert after.kept == {CODES["near"]: "住户不同意"}
    assert told[-1].event.actor == WORKER
    assert "李四" not in repr(told)


def test_another_villages_plate_does_not_say_whose_it_is(here: World) -> None:
    elsewhere = Community("610431001999", ("陕西省", "别村"), "陕西省别村")
    parts = Elements(street="秘密街", number="9")
    door = Address(uid("door away"), elsewhere.code, parts, "陕西省别村秘密街9号", "k9", "verified")
    with here.store.writing() as unit:
        unit.save(None, elsewhere, here.work.registry.event("community.opened", elsewhere.code))
        unit.save(None, door, here.work.registry.event("address.added", door.id))
    strange = another(here, address_id=door.id)
    with pytest.raises(Refused) as told:
        hang(here, plate=strange.code)
    assert (told.value.code, "秘密街" in told.value.message) == ("mount.wrong_door", False)
    assert refused(here, NotFound, plate=strange.code, address=door.id) == "address.unknown", "it lies in another community"


def test_at_a_door_that_is_no_more_nothing_is_hung(here: World) -> None:
    with here.store.writing() as unit:
        near = unit.address(NEAR)
        assert near is not None
        unit.save(near, replace(near, status="retired"), here.work.registry.event("address.retired", NEAR))
    assert refused(here, Refused) == "address.retired"
