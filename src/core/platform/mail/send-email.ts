import { createTransport, type Transporter } from "nodemailer";
import { env } from "../env";
import { metrics } from "../observability/metrics";
import { singleton } from "../singleton";

/** What one recipient gets. */
export interface Email {
  subject: string;
  text: string;
  html: string;
}

const CONNECT_MS = 5_000;
const SILENCE_MS = 10_000;

const transport = singleton("mail transport", () => connect(env().SMTP_URL));

/**
 * Hands an email to the mail server of `SMTP_URL`. Throws when it is not taken within about ten seconds; the message of
 * such an error may hold the address, so log its `code` alone.
 */
export async function sendEmail({ to, subject, text, html }: Email & { to: string }): Promise<void> {
  try {
    await transport().sendMail({
      from: env().MAIL_FROM,
      // As an object: an address is one recipient, never a list to be parsed.
      to: { name: "", address: to },
      subject,
      text,
      html,
      // Answers of machines (out of office) are of no use to anyone.
      headers: { "auto-submitted": "auto-generated" },
    });
    metrics().emails.inc({ outcome: "sent" });
  } catch (error) {
    metrics().emails.inc({ outcome: "failed" });
    throw error;
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
