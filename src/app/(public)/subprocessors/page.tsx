import type { Metadata } from "next";
import { Notice } from "@/components/ui/notice";
import { formatDay } from "@/shared/format/time";
import { changesAfter, NOTICE_DAYS, subProcessorsOf } from "@/shared/legal/sub-processors";
import { startOfDay } from "@/shared/time";
import { GuideLink } from "../_components/guide";
import { SubProcessorList } from "./_components/sub-processor-list";

export const metadata: Metadata = {
  title: "Sub-processors",
  description: "Who processes personal data for AgathaAI: purpose, place and data.",
};

// A row takes effect on its day, not with a build.
export const dynamic = "force-dynamic";

export default function SubProcessorsPage() {
  const now = new Date();
  const changes = changesAfter(now);
  return (
    <div className="mx-auto max-w-portal px-5 pt-16">
      <h1 className="font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">Sub-processors</h1>
      <p className="mt-4 max-w-[42.5rem] text-base/6.5 text-muted">
        Companies that process personal data for us, and what for. A provider of models receives only the
        prompts you send to its models.
      </p>
      {changes.map(({ id, kind, on, subProcessor: { name, purpose } }) => (
        <Notice
          key={id}
          tone="info"
          title={`${name}: ${kind} on ${formatDay(startOfDay(on))}`}
          className="mt-6"
        >
          {purpose}.
        </Notice>
      ))}
      <SubProcessorList rows={subProcessorsOf(now)} />
      <p className="mt-8 max-w-[42.5rem] text-base/6.5">
        Changes are announced here and by email {NOTICE_DAYS} days before they take effect. Owners and admins
        turn the email on under <GuideLink href="/settings/data#sub-processors">Settings, Data</GuideLink>.
        The <GuideLink href="/dpa">data processing agreement</GuideLink> says how to object.
      </p>
    </div>
  );
}
