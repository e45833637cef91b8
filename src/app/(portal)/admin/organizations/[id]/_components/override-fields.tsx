import { CountField } from "@/components/ui/fields/count-field";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { LastDayField } from "@/components/ui/fields/last-day-field";
import { MoneyField } from "@/components/ui/fields/money-field";
import { Select } from "@/components/ui/fields/select";
import { OVERRIDE_TOKENS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { planIds } from "@/shared/plans";
import { planName } from "../_lib/organization";
import { AGREED_PRICE_MICROS, type OverrideDraft } from "../_lib/override-draft";

interface OverrideFieldsProps {
  draft: OverrideDraft;
  errorAt: (name: keyof OverrideDraft) => string | undefined;
  onChange: (part: Partial<OverrideDraft>) => void;
}

export function OverrideFields({ draft, errorAt, onChange }: OverrideFieldsProps) {
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Plan" error={errorAt("plan")}>
          {(control) => (
            <Select
              {...control}
              className="capitalize"
              value={draft.plan}
              onChange={(event) =>
                onChange({ plan: planIds.find((id) => id === event.currentTarget.value) ?? draft.plan })
              }
            >
              {planIds.map((id) => (
                <option key={id} value={id}>
                  {planName(id)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <LastDayField
          label="Last day (UTC)"
          zone="UTC"
          aside="optional"
          whenEmpty="Applies until you end it."
          value={draft.lastDay}
          onChange={(lastDay) => onChange({ lastDay })}
          error={errorAt("lastDay")}
        />
        <CountField
          label="Tokens per month"
          unit="tokens per month"
          aside="optional"
          whenEmpty="The plan’s own limit."
          bounds={OVERRIDE_TOKENS}
          value={draft.tokens}
          onChange={(tokens) => onChange({ tokens })}
          error={errorAt("tokens")}
        />
        <CountField
          label="Requests per minute"
          unit="requests per minute"
          aside="optional"
          whenEmpty="The plan’s own limit."
          bounds={REQUESTS_PER_MINUTE}
          value={draft.requests}
          onChange={(requests) => onChange({ requests })}
          error={errorAt("requests")}
        />
      </div>
      <MoneyField
        label="Price per month, in US dollars"
        per="per month"
        aside="optional"
        whenEmpty="Nothing is billed."
        bounds={AGREED_PRICE_MICROS}
        value={draft.dollars}
        onChange={(dollars) => onChange({ dollars })}
        hint="Stripe sends an invoice each month, due in 30 days."
        error={errorAt("dollars")}
      />
      <Field
        label="Reason"
        error={errorAt("reason")}
        hint="It goes into the organization’s audit log, which its owners and admins can read."
      >
        {(control) => (
          <Input
            {...control}
            required
            minLength={3}
            maxLength={200}
            autoComplete="off"
            value={draft.reason}
            onChange={(event) => onChange({ reason: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
