// Enketo as a page: its transformer and its form engine, with the lists a form offers for choice.
import { Form } from 'enketo-core';
import fileManager from 'enketo/file-manager';
import { transform } from 'enketo-transformer/web';

const read = (text) => new DOMParser().parseFromString(text, 'text/xml');

// lists: instance id → XML of its items. Gives what the engine complains about.
window.openForm = async (xform, lists, language) => {
  const made = await transform({ xform });
  document.body.innerHTML = made.form;
  const wanted = new Set([...read(xform).querySelectorAll('instance[src]')].map((one) => one.id));
  const external = Object.entries(lists).filter(([id]) => wanted.has(id)).map(([id, xml]) => ({ id, xml: read(xml) }));
  window.form = new Form(document.querySelector('form.or'), { modelStr: made.model, external }, { language });
  return window.form.init().map(String);
};

// What Enketo would send now: files as data addresses.
window.sendable = async () => {
  const valid = await window.form.validate();
  const files = {};
  for (const file of fileManager.getCurrentFiles()) {
    files[file.name] = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(file);
    });
  }
  return { valid, xml: window.form.getDataStr({ irrelevant: false }), files };
};
