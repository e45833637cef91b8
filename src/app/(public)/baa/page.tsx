import type { Metadata } from "next";
import { agreementInForce, businessAssociateAgreement } from "@/shared/legal/documents";
import { GuideLink } from "../_components/guide";
import { TemplatePage } from "../_components/legal-text";

export const metadata: Metadata = {
  title: businessAssociateAgreement.title,
  description: "How AgathaAI protects health data for its customers, as HIPAA asks of a business associate.",
};

export default function BaaPage() {
  return (
    <TemplatePage title={businessAssociateAgreement.title} version={agreementInForce(new Date())}>
      <p>
        An owner accepts it for their organization when they turn on HIPAA mode in Settings, Data. It applies
        while the mode is on; without it, health data must not be sent.
      </p>
      <h2>1. Parties and terms</h2>
      <p>
        The customer is a covered entity or business associate; [Operator] is its business associate. Words
        such as “protected health information” mean what 45 CFR 160.103 and 164.501 say.
      </p>
      <h2>2. Permitted use</h2>
      <p>
        Protected health information in prompts and answers is used to answer the customer’s requests, and for
        nothing else. No training of models, no sale, no disclosure beyond this agreement and the law.
      </p>
      <h2>3. Safeguards</h2>
      <p>
        Measures are those of <GuideLink href="/docs/security">Security</GuideLink> and 45 CFR 164 subpart C.
        In HIPAA mode no prompt or answer is kept: the prompt of a queued request is destroyed when it ends,
        its answer an hour later. Emails carry no details. Reads of the organization’s data are in its audit
        log.
      </p>
      <h2>4. Subcontractors</h2>
      <p>
        Requests go only to model providers that have agreed to the same restrictions in writing. Settings,
        Data lists them. The customer’s own provider keys need an agreement of the customer with that
        provider. [List and dates of the agreements: for counsel.]
      </p>
      <h2>5. Reports</h2>
      <p>
        The business associate reports a use or disclosure that this agreement does not permit, a security
        incident and a breach of unsecured protected health information without unreasonable delay, within
        [number] days of discovery.
      </p>
      <h2>6. Individuals’ rights</h2>
      <p>
        Nothing of what is processed is kept in a designated record set, so requests for access, amendment and
        accounting are answered by the customer. The business associate helps with what it has.
      </p>
      <h2>7. Books and records</h2>
      <p>
        Internal practices and records are available to the Secretary of Health and Human Services for
        determining compliance.
      </p>
      <h2>8. The customer’s part</h2>
      <p>
        The customer sends the minimum necessary, keeps health data out of names, labels and support emails,
        requires a second factor of its members, and reads the audit log.
      </p>
      <h2>9. End</h2>
      <p>
        It ends when the mode is turned off, which takes a reason, or with the account. Nothing is left to
        return or destroy then, except answers in the hour in which they can be fetched. [Termination for
        cause, indemnity, state law: for counsel.]
      </p>
    </TemplatePage>
  );
}
