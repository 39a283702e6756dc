"""The forms somebody may fill in, and the lists beside them."""

from __future__ import annotations

import hashlib
from xml.etree.ElementTree import Element, SubElement

from flask import Blueprint, Response, abort, request, url_for

from doorplate.errors import NotFound
from doorplate.odk.form import BuiltForm
from webapp.access import may
from webapp.openrosa.answers import address, xml
from webapp.reach import forms_door
from webapp.signing_in import actor

_LIST = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def furnish(openrosa: Blueprint) -> None:
    openrosa.add_url_rule("/formList", view_func=form_list)
    openrosa.add_url_rule("/forms/<form_id>.xml", view_func=xform)
    openrosa.add_url_rule("/forms/<form_id>.xlsx", view_func=xlsform)
    openrosa.add_url_rule("/manifest/<form_id>", view_func=manifest)
    openrosa.add_url_rule("/lists/<form_id>/<name>", view_func=one_list)


@may("odk")
def form_list() -> Response:
    """All forms of this person, or the one named by formID."""
    root, wanted = Element("xforms", xmlns=_LIST), request.args.get("formID", "")
    for built in forms_door().forms(actor()):
        form = built.form
        if wanted and form.id != wanted:
            continue
        told = {"formID": form.id, "name": form.title.zh, "version": form.version, "hash": _hash(built.xml),
                "descriptionText": form.title.en, "downloadUrl": _address("xform", form_id=form.id),
                "manifestUrl": _address("manifest", form_id=form.id)}
        _told(SubElement(root, "xform"), told)
    return xml(root)


@may("odk")
def xform(form_id: str) -> Response:
    return Response(_built(form_id).xml, content_type="text/xml; charset=utf-8")


@may("odk")
def xlsform(form_id: str) -> Response:
    response = Response(_built(form_id).xlsx, content_type=_XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{form_id}.xlsx")
    return response


@may("odk")
def manifest(form_id: str) -> Response:
    root = Element("manifest", xmlns=_MANIFEST)
    for name, body in forms_door().lists(actor(), form_id).items():
        told = {"filename": name, "hash": _hash(body), "downloadUrl": _address("one_list", form_id=form_id, name=name)}
        _told(SubElement(root, "mediaFile"), told)
    return xml(root)


@may("odk")
def one_list(form_id: str, name: str) -> Response:
    found = forms_door().lists(actor(), form_id).get(name)
    if found is None:
        abort(404)
    return Response(found, content_type="text/csv; charset=utf-8")


def _built(form_id: str) -> BuiltForm:
    found = next((one for one in forms_door().forms(actor()) if one.form.id == form_id), None)
    if found is None:
        raise NotFound("odk.form", "服务器没有这张表, 请在 ODK 里重新下载表单")
    return found


def _told(element: Element, values: dict[str, str]) -> None:
    for name, text in values.items():
        SubElement(element, name).text = text


def _address(view: str, **values: str) -> str:
    return address(url_for(f"openrosa.{view}", **values))


def _hash(body: bytes) -> str:
    return "md5:" + hashlib.md5(body, usedforsecurity=False).hexdigest()
