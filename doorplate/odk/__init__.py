"""The officers' forms for ODK Collect and Enketo, made from our own schema (`field.items`) and rules (`field.toml`).

    form = correction_form(settings)            a `Form`: questions and choices, both languages
    built = build(form)                         the XLSForm (XLSX) and, by pyxform, the XForm (XML) of it
    sent = read_submission(xml)                 what a client filled in; item_of(sent) is the item a phone would have sent

Choices of doors travel beside a form as lists (CSV), so that the form is the same for everybody and changes only with the rules.
"""
