import { createTransport, type Transporter } from "nodemailer";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { counter } from "../observability/metrics";
import { type Email, renderEmail } from "./render-email";

const CONNECT_MS = 5_000;
const SILENCE_MS = 10_000;

const transport = singleton("mail transport", () => connect(env().SMTP_URL));

export const emailMetrics = singleton("email metrics", () =>
  counter("agatha_emails_total", "Emails by the mail server's response.", ["outcome"]),
);

export interface EmailOptions {
  /** Of what may be handed over twice: mail servers and programs show one of two emails with the same id. */
  messageId?: string;
  headers?: Record<string, string>;
}

/**
 * Renders an email and hands it to the mail server of `SMTP_URL`. Throws when the server does not accept it within about
 * ten seconds. The error's message may hold the address: log only its `code`.
 */
export async function sendEmail({
  to,
  messageId,
  headers,
  ...email
}: Email & { to: string } & EmailOptions): Promise<void> {
  const { html, text } = await renderEmail(email);
  try {
    await transport().sendMail({
      from: env().MAIL_FROM,
      // As an object, so that the address is one recipient and is never parsed as a list.
      to: { name: "", address: to },
      subject: email.subject,
      text,
      html,
      ...(messageId !== undefined && { messageId }),
      // Asks mail servers to send no automatic replies.
      headers: { ...headers, "auto-submitted": "auto-generated" },
    });
    emailMetrics().inc({ outcome: "sent" });
  } catch (error) {
    emailMetrics().inc({ outcome: "failed" });
    throw error;
  }
}

/** Whether the mail server takes our connection and our credentials. Throws when it does not; nothing is sent. */
export async function checkMailServer(): Promise<void> {
  const probe = connect(env().SMTP_URL);
  try {
    await probe.verify();
  } finally {
    probe.close();
  }
}

export function closeEmail(): void {
  transport.clear()?.close();
}

function connect(url: string): Transporter {
  return createTransport({
    url,
    pool: true,
    maxConnections: 5,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
