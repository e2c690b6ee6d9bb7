// Figures that answer: the pointer or the arrow keys read points, the key switches curves, a dragged range or + and − zoom.
{
  const nearEnough = 40, dragged = 6, pointRadius = 4.5;
  const make = (name, values, parent) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };
  const brief = value => {
    const size = Math.abs(value);
    if (size === 0) return '0';
    return size >= 1e6 || 1e-3 > size ? value.toExponential(2).replace('e+', 'e') : String(Number(value.toPrecision(4)));
  };

  // An axis of a panel: places run from 0 to 1 along it.
  const axisOf = (text, label, tics) => {
    const [kind, from, to, whole] = text.split(' '), isLog = kind === 'log';
    const scale = isLog ? Math.log10 : Number, low = scale(Number(from)), high = scale(Number(to));
    const named = tics ? JSON.parse(tics) : [];
    const place = value => (scale(value) - low) / (high - low);
    const valueAt = at => { const v = low + at * (high - low); return isLog ? 10 ** v : v; };
    const words = at => {
      const value = valueAt(at), name = named.find(([tic]) => 0.25 > Math.abs(place(tic) - at) * (high - low));
      return name ? name[1] : whole ? String(Math.round(value)) : brief(value);
    };
    // Round numbers between two places, with what stands there.
    const ticsBetween = (begin, end) => {
      const shown = at => at >= begin - 1e-9 ? end + 1e-9 >= at : false;
      if (named.length) return named.map(([tic, name]) => [place(tic), name]).filter(([at]) => shown(at));
      const a = low + begin * (high - low), b = low + end * (high - low), decades = isLog ? b - a : 0;
      if (decades >= 2) {
        const step = Math.max(1, Math.ceil(decades / 8)), all = [];
        for (let power = Math.ceil(a / step) * step; b + 1e-9 >= power; power += step) all.push([(power - low) / (high - low), `1e${power}`]);
        return all;
      }
      const first = isLog ? 10 ** a : a, last = isLog ? 10 ** b : b, rough = (last - first) / 6, unit = 10 ** Math.floor(Math.log10(rough));
      const step = Math.max(whole ? 1 : 0, unit * [1, 2, 5, 10].find(multiple => multiple * unit >= rough)), all = [];
      for (let i = Math.ceil(first / step - 1e-9); last + step * 1e-9 >= i * step; i++) all.push([place(i * step), brief(i * step)]);
      return all.filter(([at]) => Number.isFinite(at));
    };
    return { label, words, ticsBetween };
  };

  // What is drawn of a curve, as places in its panel.
  const partsOf = (group, toPlace) => [...group.children].map(element => {
    if (element.localName === 'use') return { element, points: [toPlace(Number(element.getAttribute('x')), Number(element.getAttribute('y')))] };
    const d = element.getAttribute('d') ?? '', numbers = (d.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number), points = [];
    for (let i = 0; numbers.length > i + 1; i += 2) points.push(toPlace(numbers[i], numbers[i + 1]));
    return { element, points, isClosed: d.endsWith('Z') };
  });

  let panels = 0;
  const answer = (group, svg, say, whole) => {
    const data = group.dataset, [left, top, width, height] = data.box.split(' ').map(Number);
    const axes = [axisOf(data.x, data.xLabel ?? '', data.xTics), axisOf(data.y, data.yLabel ?? '', data.yTics)];
    const toPlace = (x, y) => [(x - left) / width, (top + height - y) / height];
    let view = [0, 0, 1, 1]; // left, bottom, right, top, as places
    const toSpot = ([x, y]) => [left + width * (x - view[0]) / (view[2] - view[0]), top + height - height * (y - view[1]) / (view[3] - view[1])];
    const curves = [...group.querySelectorAll('.curve')].map(element => {
      const names = element.dataset.names ? JSON.parse(element.dataset.names) : [], parts = partsOf(element, toPlace);
      const isArea = parts.some(part => part.isClosed), isTiled = isArea ? names.length === parts.length : false;
      const middle = points => [0, 1].map(i => points.reduce((sum, point) => sum + point[i], 0) / points.length);
      const points = isTiled ? parts.map(part => middle(part.points)) : isArea ? [] : parts.flatMap(part => part.points);
      return { element, parts, points, names, label: element.dataset.label ?? '', number: element.dataset.curve, stroke: element.dataset.stroke ?? '', off: new Set() }; // off: entries of the key that hide it
    });
    const isShown = ([x, y]) => [x - view[0], view[2] - x, y - view[1], view[3] - y].every(room => room >= -1e-9);

    const entry = group.querySelector('.entry');
    const hit = make('rect', { class: 'hit', x: left, y: top, width, height }, group);
    const dot = make('circle', { class: 'dot', r: pointRadius }, group);
    if (entry) group.insertBefore(hit, entry);
    dot.style.display = 'none';

    // The point that is read.
    let current = null;
    const tell = found => {
      current = found;
      dot.style.display = found ? '' : 'none';
      if (found === null) return say('');
      const { curve, index } = found, point = curve.points[index], [x, y] = toSpot(point);
      dot.setAttribute('cx', x);
      dot.setAttribute('cy', y);
      const place = axes.map((axis, i) => (axis.label ? axis.label + (i ? ' = ' : ' ') : '') + axis.words(point[i])).join(', ');
      say(curve.names[index] ?? [curve.label, place].filter(Boolean).join(': '));
    };
    const readable = () => curves.filter(curve => curve.off.size === 0).filter(curve => curve.points.some(isShown));
    const nearest = (x, y) => {
      let best = null, least = nearEnough;
      for (const curve of readable()) curve.points.forEach((point, index) => {
        if (!isShown(point)) return;
        const [px, py] = toSpot(point), distance = Math.hypot(px - x, py - y);
        if (least > distance) [best, least] = [{ curve, index }, distance];
      });
      return best;
    };

    // Zoom.
    const zoomed = make('g', {}, group), clip = `answer-clip-${panels++}`;
    make('rect', { x: left, y: top, width, height }, make('clipPath', { id: clip }, make('defs', {}, svg)));
    const numbers = group.querySelector('.tics text');
    const redraw = () => {
      const isWhole = view.join() === '0,0,1,1';
      whole.zoomed[isWhole ? 'delete' : 'add'](group);
      whole.hidden = whole.zoomed.size === 0;
      for (const fixed of group.querySelectorAll('.tics, .notes')) fixed.style.display = isWhole ? '' : 'none';
      for (const curve of curves) {
        curve.element.toggleAttribute('clip-path', !isWhole);
        if (!isWhole) curve.element.setAttribute('clip-path', `url(#${clip})`);
        for (const { element, points, isClosed } of curve.parts) {
          const spots = points.map(toSpot).map(spot => spot.map(at => at.toFixed(2)));
          if (element.localName === 'use') [element.setAttribute('x', spots[0][0]), element.setAttribute('y', spots[0][1])];
          else element.setAttribute('d', 'M' + spots.map(spot => spot.join()).join('L') + (isClosed ? 'Z' : ''));
        }
      }
      zoomed.replaceChildren();
      if (isWhole) return;
      const size = numbers ? numbers.getAttribute('font-size') : 12, line = { stroke: '#000000', 'stroke-width': 0.8 };
      const text = (words, values) => make('text', { 'font-size': size, fill: '#000000', ...values }, zoomed).append(words);
      for (const [at, words] of axes[0].ticsBetween(view[0], view[2])) {
        const [x] = toSpot([at, 0]);
        make('path', { d: `M${x},${top + height}v5`, ...line }, zoomed);
        text(words, { x, y: top + height + 18, 'text-anchor': 'middle' });
      }
      for (const [at, words] of axes[1].ticsBetween(view[1], view[3])) {
        const [, y] = toSpot([0, at]);
        make('path', { d: `M${left},${y}h-5`, ...line }, zoomed);
        text(words, { x: left - 8, y: y + 4, 'text-anchor': 'end' });
      }
      make('path', { d: `M${left},${top}V${top + height}H${left + width}`, fill: 'none', ...line }, zoomed);
    };
    const look = next => {
      view = next.map((at, i) => [Math.max, Math.max, Math.min, Math.min][i]([0, 0, 1, 1][i], at));
      redraw();
      tell(current ? isShown(current.curve.points[current.index]) ? current : null : null);
    };
    const zoomBy = factor => {
      const middle = current ? current.curve.points[current.index] : [(view[0] + view[2]) / 2, (view[1] + view[3]) / 2];
      look(view.map((at, i) => middle[i % 2] + (at - middle[i % 2]) * factor));
    };

    // Pointer.
    const spotOf = event => { const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()); return [x, y]; };
    let from = null, choice = null;
    hit.addEventListener('pointerdown', event => { if (event.pointerType !== 'touch') [from, choice] = [spotOf(event), null], hit.setPointerCapture(event.pointerId); tell(nearest(...spotOf(event))); });
    hit.addEventListener('pointermove', event => {
      const [x, y] = spotOf(event);
      if (from === null) return tell(nearest(x, y));
      if (choice === null ? dragged > Math.hypot(x - from[0], y - from[1]) : false) return;
      choice ??= make('rect', { class: 'choice' }, group);
      const inside = [[x, left, width], [y, top, height]].map(([at, low, size]) => Math.min(low + size, Math.max(low, at)));
      for (const [name, value] of [['x', Math.min(from[0], inside[0])], ['y', Math.min(from[1], inside[1])], ['width', Math.abs(from[0] - inside[0])], ['height', Math.abs(from[1] - inside[1])]])
        choice.setAttribute(name, value);
    });
    hit.addEventListener('pointerup', () => {
      if (choice) {
        const [x, y, w, h] = ['x', 'y', 'width', 'height'].map(name => Number(choice.getAttribute(name)));
        choice.remove();
        const inView = (spotX, spotY) => { const [px, py] = toPlace(spotX, spotY); return [view[0] + px * (view[2] - view[0]), view[1] + py * (view[3] - view[1])]; };
        if (Math.min(w, h) >= dragged / 2) look([...inView(x, y + h), ...inView(x + w, y)]);
      }
      [from, choice] = [null, null];
    });
    hit.addEventListener('pointercancel', () => { choice?.remove(); [from, choice] = [null, null]; });
    hit.addEventListener('pointerleave', () => { if (from === null) tell(null); });
    hit.addEventListener('dblclick', () => look([0, 0, 1, 1]));

    // Keyboard.
    group.setAttribute('tabindex', '0');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', `${[data.title, [data.yLabel, data.xLabel].filter(Boolean).join(' over ')].filter(Boolean).join(', ')}: ${curves.filter(curve => curve.points.length).length} curves. Arrow keys read points, plus and minus zoom.`);
    group.addEventListener('keydown', event => {
      if (event.target !== group) return;
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], other = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === '+' || event.key === '=') zoomBy(0.5);
      else if (event.key === '-') zoomBy(2);
      else if (event.key === 'Escape' || event.key === '0') look([0, 0, 1, 1]);
      else if (step || other) {
        const all = readable();
        if (all.length === 0) return;
        let at = all.indexOf(current?.curve);
        const first = curve => ({ curve, index: curve.points.findIndex(isShown) });
        if (0 > at) tell(first(all[0]));
        else if (other) tell(first(all[(at + other + all.length) % all.length]));
        else {
          let index = current.index + step;
          while (current.curve.points[index] ? !isShown(current.curve.points[index]) : false) index += step;
          if (current.curve.points[index]) tell({ curve: current.curve, index });
        }
      } else return;
      event.preventDefault();
    });
    group.addEventListener('focusout', () => tell(null));

    // Key: an entry switches its curve, and what is drawn like it without an entry of its own. Where colours and dashes have entries apart, as those of
    // methods and layers do, a colour switches all curves that have it, and a dash, whose sample has a colour that no curve has, all of that dash.
    const keys = [...group.querySelectorAll('.entry')], nameless = curves.filter(curve => curve.label === '');
    const partOf = (stroke, i) => stroke.split(' ')[i], alike = (key, i) => nameless.filter(curve => partOf(curve.stroke, i) === partOf(key.dataset.stroke, i));
    const namedBy = key => curves.filter(curve => curve.parts.length ? curve.number === key.dataset.curve : false);
    const isApart = keys.some(key => namedBy(key).length + alike(key, 0).length === 0 ? alike(key, 1).length > 0 : false);
    for (const key of keys) {
      const named = namedBy(key), sameStroke = nameless.filter(curve => curve.stroke === key.dataset.stroke);
      const own = named.length ? [...named, ...sameStroke] : isApart ? alike(key, alike(key, 0).length ? 0 : 1) : sameStroke;
      if (own.length === 0) continue;
      for (const [name, value] of [['role', 'button'], ['tabindex', '0'], ['aria-pressed', 'true'], ['aria-label', `Show ${key.dataset.label}`]]) key.setAttribute(name, value);
      const toggle = () => {
        const isOff = key.getAttribute('aria-pressed') === 'true';
        key.setAttribute('aria-pressed', String(!isOff));
        for (const curve of own) {
          curve.off[isOff ? 'add' : 'delete'](key);
          curve.element.style.display = curve.off.size ? 'none' : '';
        }
        if (current?.curve.off.size) tell(null);
      };
      key.addEventListener('click', toggle);
      key.addEventListener('keydown', event => { if ([' ', 'Enter'].includes(event.key)) { event.preventDefault(); toggle(); } });
    }
    return () => look([0, 0, 1, 1]);
  };

  for (const svg of document.querySelectorAll('svg.live')) {
    const reading = document.createElement('p'), said = document.createElement('output'), hint = document.createElement('span'), whole = document.createElement('button');
    reading.className = 'reading';
    hint.textContent = 'Point at a curve or use the arrow keys to read it; drag to zoom; the key switches curves.';
    whole.textContent = 'Whole figure';
    whole.hidden = true;
    whole.zoomed = new Set(); // panels
    reading.append(said, hint, whole);
    svg.closest('.plate').after(reading);
    svg.setAttribute('role', 'group');
    const say = words => { said.textContent = words; hint.hidden = words !== ''; };
    const resets = [...svg.querySelectorAll('.panel')].map(group => answer(group, svg, say, whole));
    whole.addEventListener('click', () => resets.forEach(reset => reset()));
  }
}
