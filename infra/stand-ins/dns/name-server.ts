import { createSocket, type Socket } from "node:dgram";

export interface NameServer {
  /** `address:port`, as the product's environment takes it. */
  address: string;
  /** The TXT records of a name; an empty list is a name without such records, and `undefined` a name that does not exist. */
  publish(name: string, texts: readonly string[] | undefined): void;
  /** The IPv4 address of a name. */
  publishAddress(name: string, address: string): void;
  /** `fails` is SERVFAIL, `hangs` no answer at all. */
  behave(behavior: "answers" | "fails" | "hangs"): void;
  /** The names that were asked for since the start. */
  asked: readonly string[];
  stop(): Promise<void>;
}

const A = 1;
const TXT = 16;
const IN = 1;
const NOERROR = 0;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const HEADER_BYTES = 12;
/** QR, AA, RD and RA: an answer with authority. */
const ANSWER_FLAGS = 0x8580;
const LONGEST_PART = 255;

/** A name server that knows TXT records and IPv4 addresses, and speaks DNS over UDP (RFC 1035). */
export async function startNameServer(): Promise<NameServer> {
  const records = new Map<string, readonly string[]>();
  const addresses = new Map<string, string>();
  const asked: string[] = [];
  let behavior: Parameters<NameServer["behave"]>[0] = "answers";
  const socket = createSocket("udp4");
  socket.on("message", (message, { address, port }) => {
    const question = readQuestion(message);
    if (question === undefined || behavior === "hangs") return;
    asked.push(question.name);
    const texts = records.get(question.name);
    const itsAddress = addresses.get(question.name);
    const known = texts !== undefined || itsAddress !== undefined;
    const code = behavior === "fails" ? SERVFAIL : known ? NOERROR : NXDOMAIN;
    const answers = [
      ...(question.type === TXT ? (texts ?? []).map(writeTxt) : []),
      ...(question.type === A && itsAddress !== undefined ? [writeAddress(itsAddress)] : []),
    ].filter(() => code === NOERROR);
    socket.send(writeAnswer(message, question, { code, answers }), port, address);
  });
  const port = await bind(socket);
  return {
    address: `127.0.0.1:${port}`,
    asked,
    publish: (name, texts) => {
      if (texts === undefined) records.delete(name.toLowerCase());
      else records.set(name.toLowerCase(), texts);
    },
    publishAddress: (name, itsAddress) => void addresses.set(name.toLowerCase(), itsAddress),
    behave: (next) => {
      behavior = next;
    },
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

interface Question {
  name: string;
  type: number;
  /** Where the question ends in the message. */
  end: number;
}

function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at]; length !== undefined && length > 0; length = message[at]) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (message.length < end) return undefined;
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), end };
}

function writeAnswer(
  query: Buffer,
  { end }: Question,
  { code, answers }: { code: number; answers: readonly Buffer[] },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER_FLAGS | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...answers]);
}

function writeTxt(text: string): Buffer {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length || parts.length === 0; at += LONGEST_PART) {
    const part = bytes.subarray(at, at + LONGEST_PART);
    parts.push(Buffer.from([part.length]), part);
  }
  return writeRecord(TXT, Buffer.concat(parts));
}

const writeAddress = (address: string) => writeRecord(A, Buffer.from(address.split(".").map(Number)));

function writeRecord(type: number, data: Buffer): Buffer {
  const record = Buffer.alloc(12);
  // A pointer to the name in the question.
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(IN, 4);
  record.writeUInt32BE(0, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

function bind(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => resolve(socket.address().port));
  });
}
