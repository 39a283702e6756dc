"""The residents' door: what opens when a plate is scanned. Public, without login and cookies; scripts only help."""

from __future__ import annotations

from flask import Blueprint

from webapp.scan import asking, following, sighting
from webapp.scan.howto import howto
from webapp.scan.open_plate import open_plate
from webapp.scan.openapi import openapi
from webapp.scan.portraits import portrait
from webapp.scan.small_map import small_map
from webapp.scan.start import start, start_of_plates
from webapp.scan.vcard import contacts_card
from webapp.scan.wechat import add_verification_routes
from webapp.scan.worker import worker


def door() -> Blueprint:
    scan = Blueprint("scan", __name__)
    scan.add_url_rule("/", view_func=start)
    scan.add_url_rule("/<reading:reading>", view_func=start)
    scan.add_url_rule("/howto", view_func=howto)
    scan.add_url_rule("/howto/<reading:reading>", view_func=howto)
    scan.add_url_rule("/d/", view_func=start_of_plates)
    scan.add_url_rule("/d/<path:code>", view_func=open_plate)
    scan.add_url_rule("/d/<code>/map.svg", view_func=small_map)
    scan.add_url_rule("/d/<code>/<reading:reading>/map.svg", view_func=small_map)
    scan.add_url_rule("/d/<code>/contacts.vcf", view_func=contacts_card)
    scan.add_url_rule("/portraits/<name>.jpg", view_func=portrait)
    scan.record(add_verification_routes)
    scan.add_url_rule("/d/<code>/<reading:reading>", view_func=open_plate)
    form = "/d/<code>/<any(ask,report,book,chief):way>"
    scan.add_url_rule(form, view_func=asking.show_form)
    scan.add_url_rule(form, view_func=asking.take_in, methods=["POST"])
    scan.add_url_rule("/follow", view_func=following.ask_for_receipt)
    scan.add_url_rule("/follow", view_func=following.follow, methods=["POST"])
    scan.add_url_rule("/follow/<any(add,rate,reopen,withdraw):what>", view_func=following.act, methods=["POST"])
    scan.add_url_rule("/follow/file/<text>", view_func=following.file)
    scan.add_url_rule("/d/<code>/here", endpoint="compare_place", view_func=sighting.compare, methods=["POST"])
    scan.add_url_rule("/openapi.json", view_func=openapi)
    scan.add_url_rule("/sw.js", view_func=worker)
    # Plates may be printed with an all-upper-case URL (standards.md, QR); the view leads it to /d/.
    scan.add_url_rule("/D/<path:code>", endpoint="open_plate_in_capitals", view_func=open_plate)
    return scan
