import type { Metadata } from "next";
import { GuideLink } from "../_components/guide";
import { LegalPage } from "../_components/legal-text";

export const metadata: Metadata = {
  title: "Privacy policy",
  description: "What personal data AgathaAI processes, why, for how long, and what you can do about it.",
};

export default function PrivacyPage() {
  return (
    <LegalPage document="privacy">
      <h2>1. Who is responsible</h2>
      <p>
        [Operator, address, contact, data protection officer] is the controller of account data. For prompts
        and answers your organization is the controller and we are its processor, as the{" "}
        <GuideLink href="/dpa">data processing agreement</GuideLink> says.
      </p>
      <h2>2. What we process, why, and for how long</h2>
      <ul>
        <li>
          Name and email address, to run your account (contract). Encrypted with a key of their own, until you
          erase the account.
        </li>
        <li>
          Sessions, devices and IP addresses, to keep accounts safe (legitimate interest). Encrypted; sign-ins
          for 90 days.
        </li>
        <li>
          Prompts and answers, encrypted with your organization’s key, to answer you (contract). For up to 90
          days in the history and 365 more in the archive, for less if your organization chooses, or until you
          delete them.
        </li>
        <li>Usage, cost and payments, to bill you (contract, law). As long as tax law asks.</li>
        <li>The audit log, without the content of requests, for 7 years (legitimate interest, law).</li>
        <li>What you agreed to, with version, time and IP address, as proof (law).</li>
        <li>Marketing emails, only if you agreed (consent). You can withdraw at any time in Settings.</li>
      </ul>
      <h2>3. Who receives it</h2>
      <ul>
        <li>The provider of the model you name receives the prompt, to answer it.</li>
        <li>Stripe receives what it needs to take a payment. Card numbers never reach this server.</li>
        <li>Google or GitHub learns that you sign in here, if you choose to sign in with it.</li>
        <li>
          The other <GuideLink href="/subprocessors">sub-processors</GuideLink>, for what they are listed for.
        </li>
        <li>No one else. These pages have no trackers and no third-party scripts.</li>
      </ul>
      <h2>4. Transfers</h2>
      <p>
        Providers may process outside of your country. An organization with data residency in the EU reaches
        endpoints in the EU only. [Transfer mechanism: for counsel.]
      </p>
      <h2>5. Your rights</h2>
      <p>
        In Settings you can see and correct your data, export it, erase your account and withdraw consent. You
        can object, restrict processing, and complain to a supervisory authority: [authority]. We make no
        automated decisions about people. California:{" "}
        <GuideLink href="/do-not-sell">we do not sell or share personal information</GuideLink>.
      </p>
      <h2>6. Cookies</h2>
      <p>
        Only those the site needs. One keeps you signed in. One knows your browser again for 90 days, so that
        we can tell you of a sign-in from a new one. One remembers the light or dark theme. Others protect the
        steps of signing in and of connecting an app, and end with them. None of them follows you.
      </p>
      <p>
        <GuideLink href="/docs/security">Security</GuideLink> describes how data is protected.
      </p>
    </LegalPage>
  );
}
