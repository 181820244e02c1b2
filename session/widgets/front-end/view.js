/** The page's side of a view: its inputs, native ones, and what is shown of their values. Travels with every view, so it is kept small. */

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** Each kind of input: the element, the event that tells of a new value, how to read and how to write it. */
const kinds = {
  slider({min, max, step}) {
    const range = make('input', {type: 'range', min, max, step});
    const shown = make('output');
    const write = value => {
      range.value = value;
      shown.value = value;
    };
    range.addEventListener('input', () => (shown.value = range.value));
    return {element: range, beside: shown, event: 'input', read: () => range.valueAsNumber, write};
  },
  number({min, max, step}) {
    const field = make('input', {type: 'number', min: min ?? '', max: max ?? '', step: step ?? 'any'});
    return {element: field, event: 'change', read: () => field.valueAsNumber, write: value => (field.value = value)};
  },
  select({options}) {
    const list = make('select', {}, ...options.map((text, value) => make('option', {value}, text)));
    return {element: list, event: 'change', read: () => list.selectedIndex, write: value => (list.selectedIndex = value)};
  },
  checkbox() {
    const box = make('input', {type: 'checkbox'});
    return {element: box, event: 'change', read: () => box.checked, write: value => (box.checked = value)};
  },
  text({placeholder}) {
    const field = make('input', {type: 'text', placeholder, spellcheck: false});
    const write = value => {
      if (field.value !== value) field.value = value; // writing what is there would move the cursor
    };
    return {element: field, event: 'input', read: () => field.value, write};
  },
  button({label}) {
    let count = 0;
    const element = make('button', {type: 'button'}, label);
    return {element, event: 'click', read: () => count + 1, write: value => (count = value)};
  },
};

function field(model, i) {
  const key = `value${i}`;
  const spec = model.get(`field${i}`);
  const input = kinds[spec.kind](spec);
  const {element, beside} = input;
  input.write(model.get(key));
  element.addEventListener(input.event, () => {
    const value = input.read();
    if (Number.isNaN(value)) return input.write(model.get(key)); // an empty number field
    model.set(key, value);
    model.save_changes();
  });
  model.on(`change:${key}`, () => input.write(model.get(key)));
  const labelled = spec.kind === 'button' ? element : make('label', {}, make('span', {}, spec.label), element);
  return make('div', {className: `snapgrid-field snapgrid-${spec.kind}`}, labelled, ...(beside ? [beside] : []));
}

function draw(place, {kind, content, alt, printed}) {
  place.className = `snapgrid-picture snapgrid-${kind}`;
  place.removeAttribute('role');
  if (kind === 'markup') place.innerHTML = content;
  else if (kind === 'image') place.replaceChildren(make('img', {src: content, alt}));
  else place.replaceChildren(content ? make('pre', {}, content) : '');
  if (kind === 'error') place.setAttribute('role', 'alert');
  if (printed) place.append(make('pre', {className: 'snapgrid-printed'}, printed));
}

function render({model, el}) {
  const fields = make('div', {className: 'snapgrid-fields'});
  for (let i = 0; model.get(`field${i}`); i++) {
    let drawn = field(model, i);
    fields.append(drawn);
    // Its cell ran again, perhaps with other bounds.
    model.on(`change:field${i}`, () => drawn.replaceWith((drawn = field(model, i))));
  }
  const picture = make('div');
  const redraw = () => draw(picture, model.get('picture'));
  redraw();
  model.on('change:picture', redraw);
  el.classList.add('snapgrid-view', `snapgrid-saved-${model.get('saved')}`);
  el.replaceChildren(fields, picture);
  // Told of once it is drawn, this is the comm's end: the kernel was restarted.
  model.on('comm_live_update', () => {
    fields.inert = true;
    el.replaceChildren(fields, make('div', {className: 'snapgrid-dead', role: 'status'}, 'Not connected: run the cell again.'), picture);
  });
  // JupyterLab would take an input's arrow keys for its own, and hears them first at the document.
  const keep = event => {
    const {target, key, ctrlKey, metaKey, altKey, shiftKey} = event;
    const itsOwn = ctrlKey || metaKey || altKey || key === 'Escape' || (shiftKey && key === 'Enter');
    if (fields.contains(target)) target.toggleAttribute('data-lm-suppress-shortcuts', !itsOwn);
  };
  window.addEventListener('keydown', keep, true);
  return () => window.removeEventListener('keydown', keep, true);
}

export default {render};
