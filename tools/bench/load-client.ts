/**
 * Loads a server and says what it took, as JSON: `node load-client.ts <port> <seconds> <connections> awake|asleep <file>`.
 * The file has the texts of requests. It does next to nothing itself, so that one core of it keeps one core of a server busy. And it never
 * sleeps: a server that writes to a sleeping process pays for waking it.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [port = '', seconds = '', connections = '', sleep = 'awake', file = ''] = process.argv.slice(2);

const texts: readonly string[] = JSON.parse(readFileSync(file, 'utf8'));
const requests = texts.map((text) => Buffer.from(text));

let sent = 0;
let answered = 0;
let sample = '';
let isOver = false;

function next(): Buffer {
  return requests[sent++ % requests.length] ?? Buffer.alloc(0);
}

/** Whether the bytes end an answer. None here comes together with another. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return false;
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= head + 4 + Number(length);
}

const startMs = performance.now();
for (let i = 0; i < Number(connections); i++) {
  const socket = connect(Number(port), '127.0.0.1');
  let text = '';
  socket.setNoDelay(true);
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    if (!isWhole(text)) return;
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(text.slice(0, 200));
    sample = text;
    text = '';
    answered++;
    if (!isOver) socket.write(next());
  });
  socket.write(next());
}

function stayAwake() {
  setImmediate(stayAwake);
}
if (sleep === 'awake') stayAwake();

setTimeout(() => {
  isOver = true;
  const perSecond = (answered / (performance.now() - startMs)) * 1000;
  console.log(JSON.stringify({ answered, perSecond, sample: sample.slice(sample.indexOf('\r\n\r\n') + 4) }));
  process.exit(0);
}, Number(seconds) * 1000);
