import { Code, Guide, GuideLink, List, linkLook, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";

export const metadata = guideMetadata("/docs/security");

export default function SecurityGuidePage() {
  return (
    <Guide path="/docs/security">
      <Section id="content" title="Prompts and answers">
        <p>
          They’re encrypted (AES-256-GCM) with a key that belongs only to your organization, before they reach
          the disk. They never appear in a log, URL or index. Once that key is destroyed, no one can read them
          again.
        </p>
        <p>
          A request goes only to the provider of the model you name. Every result says which provider and
          model answered.
        </p>
      </Section>

      <Section id="keys" title="API keys">
        <p>
          A key has 190 random bits, and you see it once. We keep only its fingerprint (SHA-256), so we can
          neither show it again nor use it. Its prefix lets secret scanners find a leaked key, and its
          checksum lets us refuse a made-up key without a database lookup. Whoever{" "}
          <GuideLink href="/docs/keys#leaked">finds a key in public</GuideLink> can have it revoked. You can
          limit a key in <GuideLink href="/docs/keys#bounds">many ways</GuideLink>.
        </p>
      </Section>

      <Section id="accounts" title="Accounts">
        <List>
          <li>Passwords are stored as Argon2id. Common passwords are rejected.</li>
          <li>
            If someone else registers your email before you verify it, they keep nothing: verifying ends every
            earlier session, key, invitation and authorization. A password reset does the same, each time, and
            we email you a list of what ended.
          </li>
          <li>
            Settings lists your sessions with device, IP address and last use; you can end them one by one or
            all at once. A session ends after 30 days without use, and after 90 days in any case. Changing
            your password ends all others.
          </li>
          <li>
            Access tokens are valid for 15 minutes. A refresh token works once. If the response is lost, the
            same client can get the same new token again within 30 seconds; any other use of an old token ends
            the session.
          </li>
          <li>Opening a link from one of our emails changes nothing: the button on its page does.</li>
          <li>What a member can do depends on their role: owner, admin, developer, billing or viewer.</li>
        </List>
      </Section>

      <Section id="audit" title="Audit log">
        <p>
          The audit log records who did what and when: keys created and revoked, sign-ins, data that was read,
          every API call. Entries form a hash chain, and the end of each chain is signed and kept outside the
          database, so changed, removed or inserted entries are detected. When one of our operators views your
          organization, that’s an entry in your audit log too. Owners and admins can read it with{" "}
          <Code>GET /api/v1/audit</Code>. Entries are kept for seven years and hold no content; those older
          than 400 days are exported rather than listed.
        </p>
      </Section>

      <Section id="export" title="Taking your data with you">
        <p>
          Settings creates a file of everything we hold about you or, for owners and admins, of the
          organization: each table as JSON and CSV, with prompts and answers, without secrets. It’s encrypted
          with the same key as the data itself. The link comes by email, expires after 7 days, and works only
          while you’re signed in. Programs use <Code>POST /api/v1/me/exports</Code> and{" "}
          <Code>POST /api/v1/organization/exports</Code>.
        </p>
      </Section>

      <Section id="reporting" title="Reporting a vulnerability">
        <p>
          Email{" "}
          <a href="mailto:security@agathaai.com" className={linkLook}>
            security@agathaai.com
          </a>{" "}
          with what you saw and how to reproduce it. Test with your own account, and don’t touch other
          customers’ data.
        </p>
      </Section>
    </Guide>
  );
}
