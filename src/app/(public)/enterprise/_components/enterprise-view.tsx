import { Check } from "lucide-react";
import { formatCount } from "@/shared/format/count";
import { featureNamesOf, plans } from "@/shared/plans";
import { Providers } from "../../../_components/providers";
import { InquiryForm } from "./inquiry-form";

const terms = [
  "A queue separate from other plans",
  `From ${formatCount(plans.enterprise.requestsPerMinute)} requests per minute, with no monthly token limit`,
  "A price by agreement, paid by invoice within 30 days",
  ...featureNamesOf("enterprise"),
  "The same API and keys: nothing you built changes",
];

export function EnterpriseView({ signedIn }: { signedIn: boolean }) {
  return (
    <div className="mx-auto grid max-w-portal gap-x-16 gap-y-12 px-5 pt-16 lg:grid-cols-[minmax(0,1fr)_minmax(0,30rem)]">
      <div>
        <h1 className="font-semibold text-4xl tracking-[-0.035em] sm:text-5xl">Enterprise</h1>
        <p className="mt-4 max-w-prose text-base/6.5 text-muted">
          For more volume than a plan includes, and for companies with rules of their own about sign-in and
          data. Tell us what you run and what it needs; a person reads it and replies within two working days.
        </p>
        <ul className="mt-8 grid gap-3 text-base/6.5">
          {terms.map((term) => (
            <li key={term} className="flex gap-3">
              <Check className="mt-1 size-4 shrink-0 text-accent" aria-hidden="true" />
              {term}
            </li>
          ))}
        </ul>
        <p className="mt-8 max-w-prose text-[15px]/6 text-muted">
          Your message is encrypted with its own key. Only our team can read it.
        </p>
      </div>
      <Providers>
        <InquiryForm signedIn={signedIn} />
      </Providers>
    </div>
  );
}
