// Animations that can be stopped: the frames of a GIF on a canvas, with a slider and a button in the place of a picture that never ends.
{
  // The code stream of one image: colours by number. Powers of two do what shifts would.
  const colours = (stream, size, count) => {
    const clear = 2 ** size, out = new Uint8Array(count), prefixes = new Int32Array(4096), suffixes = new Uint8Array(4096), stack = [];
    let width = size + 1, next = clear + 2, before = -1, first = 0, bits = 0, held = 0, at = 0;
    for (const byte of stream) {
      bits += byte * 2 ** held;
      held += 8;
      while (held >= width) {
        const code = bits % 2 ** width;
        bits = Math.floor(bits / 2 ** width);
        held -= width;
        if (code === clear) { [width, next, before] = [size + 1, clear + 2, -1]; continue; }
        if (code === clear + 1) return out;
        let walk = code;
        if (code >= next) [walk] = [before, stack.push(first)];
        while (walk >= clear) { stack.push(suffixes[walk]); walk = prefixes[walk]; }
        first = walk;
        out[at++] = first;
        while (stack.length) out[at++] = stack.pop();
        if (before >= 0) if (4096 > next) {
          [prefixes[next], suffixes[next]] = [before, first];
          next++;
          if (next === 2 ** width) if (12 > width) width++;
        }
        before = code;
      }
    }
    return out;
  };

  // Size, colours, and of each frame the rectangle that changes, in colours by number, with how long it is shown, in milliseconds.
  const read = bytes => {
    const two = i => bytes[i] + 256 * bytes[i + 1], tableSize = flags => flags >= 128 ? 3 * 2 ** (1 + flags % 8) : 0;
    const width = two(6), height = two(8), frames = [], shared = bytes.subarray(13, 13 + tableSize(bytes[10]));
    let at = 13 + shared.length, delay = 100, clear = -1;
    const blocks = () => {
      const parts = [];
      for (; bytes[at]; at += bytes[at] + 1) parts.push(...bytes.subarray(at + 1, at + 1 + bytes[at]));
      at++;
      return parts;
    };
    while (bytes[at] === 0x21 || bytes[at] === 0x2c) {
      if (bytes[at] === 0x21) {
        if (bytes[at + 1] === 0xf9) [delay, clear] = [10 * two(at + 4) || 100, bytes[at + 3] % 2 ? bytes[at + 6] : -1];
        at += 2;
        blocks();
        continue;
      }
      const [left, top, w, h] = [1, 3, 5, 7].map(i => two(at + i)), own = bytes.subarray(at + 10, at + 10 + tableSize(bytes[at + 9]));
      at += 10 + own.length;
      const size = bytes[at++];
      frames.push({ left, top, w, numbers: colours(blocks(), size, w * h), table: own.length ? own : shared, delay, clear });
    }
    return { width, height, frames };
  };

  for (const details of document.querySelectorAll('details.animation')) {
    details.addEventListener('toggle', () => {
      const image = details.querySelector('img');
      if (image === null) return;
      const { width, height, frames } = read(Uint8Array.from(atob(image.src.split(',')[1]), letter => letter.charCodeAt(0)));
      if (2 > frames.length) return;
      const canvas = document.createElement('canvas'), slider = document.createElement('input'), button = document.createElement('button'), said = document.createElement('span');
      [canvas.width, canvas.height] = [width, height];
      canvas.style.width = `${image.width}px`;
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', image.alt);
      Object.assign(slider, { type: 'range', min: 1, max: frames.length, value: 1 });
      slider.setAttribute('aria-label', 'Frame');
      const row = document.createElement('p');
      row.className = 'reading';
      row.append(button, slider, said);
      image.closest('.plate').after(row);
      image.replaceWith(canvas);
      const picture = new ImageData(width, height);
      let timer = 0, shown = 0;
      const show = number => {
        if (shown > number) shown = 0; // each frame is what changes of the one before
        if (shown === 0) picture.data.fill(255);
        for (const { left, top, w, numbers, table, clear } of frames.slice(shown, number)) numbers.forEach((colour, i) => {
          if (colour === clear) return;
          const to = 4 * ((top + Math.floor(i / w)) * width + left + i % w);
          for (const k of [0, 1, 2]) picture.data[to + k] = table[3 * colour + k];
        });
        shown = number;
        canvas.getContext('2d').putImageData(picture, 0, 0);
        slider.value = number;
        said.textContent = `frame ${number} of ${frames.length}`;
      };
      const play = isPlaying => {
        clearTimeout(timer);
        timer = 0;
        button.textContent = isPlaying ? 'Stop' : 'Play';
        if (!isPlaying) return;
        const tick = () => { const now = Number(slider.value); timer = setTimeout(() => { show(now % frames.length + 1); tick(); }, frames[now - 1].delay); };
        tick();
      };
      button.addEventListener('click', () => play(timer === 0));
      slider.addEventListener('input', () => { play(false); show(Number(slider.value)); });
      details.addEventListener('toggle', () => { if (!details.open) play(false); });
      show(1);
      play(!matchMedia('(prefers-reduced-motion: reduce)').matches);
    });
  }
}
