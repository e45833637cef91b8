import type { Metadata } from "next";
import { GuideLink } from "../_components/guide";
import { LegalPage } from "../_components/legal-text";

export const metadata: Metadata = {
  title: "Data processing agreement",
  description: "How AgathaAI processes personal data for its customers, as Article 28 of the GDPR asks.",
};

export default function DpaPage() {
  return (
    <LegalPage document="dpa">
      <h2>1. Subject</h2>
      <p>
        [Operator] (“processor”) processes personal data in prompts, answers and metadata for the customer
        (“controller”), as long as the customer has an account. Purpose: answering requests to language models
        and keeping them for as long as the customer chooses. Kinds of data and people: whatever the customer
        sends. No training of models.
      </p>
      <h2>2. Instructions</h2>
      <p>
        The processor acts on the customer’s instructions: these terms, the settings, and each request. It
        says so if an instruction breaks the law.
      </p>
      <h2>3. Confidentiality</h2>
      <p>People who can reach data are bound to confidentiality. Access is limited by role and recorded.</p>
      <h2>4. Security</h2>
      <p>
        Measures are those of <GuideLink href="/docs/security">Security</GuideLink>: encryption on the way and
        at rest with a key per organization, separation of customers, an audit log that shows changes, backups
        and rehearsed recovery.
      </p>
      <h2>5. Sub-processors</h2>
      <p>
        The customer agrees to the <GuideLink href="/subprocessors">listed sub-processors</GuideLink>. A
        change is announced 30 days before it, by email to members who asked for it. The customer can object
        in that time, and end the agreement if the objection cannot be met.
      </p>
      <h2>6. Help</h2>
      <p>
        The processor helps with the rights of data subjects (export, correction, erasure), impact assessments
        and authorities. It reports a breach of personal data without undue delay, within [48] hours of
        knowing.
      </p>
      <h2>7. Deletion and return</h2>
      <p>
        The customer can export everything at any time. Deleting the organization makes its data unreadable
        within 30 days, or at once if chosen, in backups too; a signed certificate says when.
      </p>
      <h2>8. Audits</h2>
      <p>
        The processor provides what shows that it keeps this agreement, and allows audits. [Notice, frequency,
        cost: for counsel.]
      </p>
      <h2>9. Transfers</h2>
      <p>[Standard contractual clauses, module two, and their annexes: for counsel.]</p>
    </LegalPage>
  );
}
