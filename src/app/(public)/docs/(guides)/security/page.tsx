import type { Metadata } from "next";
import { Code, Guide, GuideLink, List, Section } from "../_components/guide";

export const metadata: Metadata = {
  title: "Security",
  description: "How prompts, answers, keys and accounts are protected, and what you can do yourself.",
};

export default function SecurityGuidePage() {
  return (
    <Guide
      title="Security"
      lead="What we do with what you send, who can read it, and how to see what was done in your name."
    >
      <Section id="content" title="Prompts and answers">
        <p>
          They are encrypted (AES-256-GCM) under a key that belongs to your organization alone, before they
          reach the disk. They are in no log, no address and no index. When that key is destroyed, nobody can
          read them again.
        </p>
        <p>
          A request goes to the provider of the model you name, and to no other. Provider and model are on
          every result.
        </p>
      </Section>

      <Section id="keys" title="API keys">
        <p>
          A key has 190 random bits and is shown once. We keep its fingerprint (SHA-256) and can neither show
          it again nor use it. Its prefix lets secret scanners find one that leaked, and its checksum turns
          away one that was made up without a look into the database. Bounds are under{" "}
          <GuideLink href="/docs/keys#bounds">What a key may do</GuideLink>.
        </p>
      </Section>

      <Section id="accounts" title="Accounts">
        <List>
          <li>Passwords are stored as Argon2id. A password that is known to be common is not taken.</li>
          <li>
            Whoever registers an email before its owner verifies it keeps nothing: verifying ends every
            session, key, invitation and authorization from before. A password reset does the same, each time,
            and we email you what ended.
          </li>
          <li>
            Sessions are listed under Settings with device, address and last use, and end there one by one or
            all at once. Each ends after 30 days without use, and after 90 days in any case. A changed
            password ends all others.
          </li>
          <li>
            Access tokens live 15 minutes. A refresh token works once. If the response was lost, the same
            client gets the same successor within 30 seconds; any other use of an old token ends the session.
          </li>
          <li>Opening a link from one of our emails changes nothing: the button on its page does.</li>
          <li>What a member may do follows from the role: owner, admin, developer, billing or viewer.</li>
        </List>
      </Section>

      <Section id="audit" title="The audit trail">
        <p>
          Who did what, and when: keys made and revoked, sign-ins, data that was read, every call of the API.
          Rows form a chain by their hashes, and where each chain ends is signed and kept outside the
          database, so that a row that was changed, removed or put in later is found. When one of our
          operators looks at your organization, that is a row of your own trail too. Owners and admins read it
          with <Code>GET /api/v1/audit</Code>. Rows are kept for seven years and hold no content.
        </p>
      </Section>

      <Section id="reporting" title="Reporting a weakness">
        <p>
          Write to{" "}
          <a
            href="mailto:security@agathaai.com"
            className="text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong"
          >
            security@agathaai.com
          </a>
          , with what you saw and how to see it again. Test with an account of your own, and leave other
          customers' data alone.
        </p>
      </Section>
    </Guide>
  );
}
