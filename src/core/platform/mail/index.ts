/** What an email is written with. Sending one stays apart (`send-email.ts`): it opens a connection. */
export { Action, EmailLayout, Facts, Paragraph } from "./email-layout";
export { portalUrl } from "./portal-url";
export { type Email, renderEmail } from "./render-email";
