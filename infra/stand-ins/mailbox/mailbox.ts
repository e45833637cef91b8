import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { SMTPServer } from "smtp-server";
import { z } from "zod";
import { closeServer, listenOnLoopback } from "../loopback-server";
import { type Mail, mailSchema } from "./mail";
import { renderList, renderMessage } from "./mailbox-page";

const KEPT = 500;
const MAX_MAIL_BYTES = 10 * 1024 * 1024;

export type Mailbox = {
  smtpUrl: string;
  smtpPort: number;
  /** The page that lists the emails. */
  url: string;
  port: number;
  /** Newest first; with an address, only emails sent to it. */
  messagesTo(address?: string): Mail[];
  stop(): Promise<void>;
};

/** A mail server that delivers nothing: it keeps the last 500 emails and shows them on a page. */
export async function startMailbox(options: {
  smtpPort: number;
  port: number;
  file?: string;
}): Promise<Mailbox> {
  const mails = options.file === undefined ? [] : readMails(options.file);
  const receive = (mail: Mail) => {
    mails.unshift(mail);
    mails.length = Math.min(mails.length, KEPT);
    if (options.file !== undefined) writeMails(options.file, mails);
  };
  const messagesTo = (address?: string) =>
    address === undefined ? [...mails] : mails.filter((mail) => mail.to.includes(address.toLowerCase()));

  const smtp = smtpServer(receive);
  const smtpPort = await listenSmtp(smtp, options.smtpPort);
  const page = createServer((request, response) => answer(request, response, messagesTo));
  const port = await listenOnLoopback(page, options.port).catch(async (error: unknown) => {
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    throw error;
  });
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    smtpPort,
    url: `http://localhost:${port}`,
    port,
    messagesTo,
    stop: async () => {
      await Promise.all([closeServer(page), new Promise<void>((resolve) => smtp.close(() => resolve()))]);
    },
  };
}

const shownHeaders: ReadonlySet<string> = new Set([
  "message-id",
  "list-unsubscribe",
  "list-unsubscribe-post",
]);

function smtpServer(receive: (mail: Mail) => void): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    size: MAX_MAIL_BYTES,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? "local" }),
    onData: (stream, session, done) => {
      // Its tables are large, and most processes that start a mailbox never get a mail.
      import("mailparser")
        .then(({ simpleParser }) => simpleParser(stream))
        .then((parsed) => {
          receive({
            id: randomUUID(),
            from: parsed.from?.text ?? "",
            to: session.envelope.rcptTo.map(({ address }) => address.toLowerCase()),
            subject: parsed.subject ?? "",
            text: parsed.text ?? "",
            html: parsed.html || "",
            received_at: new Date().toISOString(),
            headers: Object.fromEntries(
              parsed.headerLines
                .filter(({ key }) => shownHeaders.has(key))
                .map(({ key, line }) => [
                  key,
                  line
                    .slice(line.indexOf(":") + 1)
                    .replaceAll(/\s+/g, " ")
                    .trim(),
                ]),
            ),
          });
          done();
        })
        .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))));
    },
  });
  server.on("error", () => {}); // A client that hangs up mid-sentence is no failure of the mailbox.
  return server;
}

function listenSmtp(smtp: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    smtp.once("error", reject);
    const server = smtp.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function answer(request: IncomingMessage, response: ServerResponse, find: Mailbox["messagesTo"]): void {
  const reads = request.method === "GET" || request.method === "HEAD";
  const page = reads ? findPage(new URL(request.url ?? "/", "http://localhost"), find) : undefined;
  response.writeHead(page === undefined ? (reads ? 404 : 405) : 200, {
    "content-type": page?.type ?? "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // Emails are shown in a sandboxed frame; nothing on these pages may run or load from elsewhere.
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
  });
  response.end(page?.body ?? (reads ? "There is no such mail here.\n" : "Only GET is served here.\n"));
}

const HTML = "text/html; charset=utf-8";

function findPage(url: URL, find: Mailbox["messagesTo"]): { type: string; body: string } | undefined {
  if (url.pathname === "/") return { type: HTML, body: renderList(find()) };
  if (url.pathname === "/api/messages") {
    const messages = find(url.searchParams.get("to") ?? undefined);
    return { type: "application/json", body: `${JSON.stringify({ data: messages })}\n` };
  }
  const [, kind, id] = /^\/(messages|html)\/([0-9a-f-]+)$/.exec(url.pathname) ?? [];
  const mail = find().find((candidate) => candidate.id === id);
  return mail && { type: HTML, body: kind === "html" ? mail.html : renderMessage(mail) };
}

function readMails(file: string): Mail[] {
  try {
    return z.array(mailSchema).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return []; // First start, or a damaged file: old development mails are not worth refusing to start.
  }
}

function writeMails(file: string, mails: Mail[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(mails), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
