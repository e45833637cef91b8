import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type DraftErrors, type OverrideDraft, planIds } from "./override-draft";
import { planName } from "./plan-name";

interface OverrideFieldsProps {
  draft: OverrideDraft;
  errors: DraftErrors;
  onChange: (part: Partial<OverrideDraft>) => void;
}

export function OverrideFields({ draft, errors, onChange }: OverrideFieldsProps) {
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Plan" error={errors.plan}>
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
        <Field label="Last day (UTC)" aside="optional" error={errors.lastDay}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={draft.lastDay}
              onChange={(event) => onChange({ lastDay: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Tokens a month" aside="optional" error={errors.tokens}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              placeholder="The plan’s own"
              value={draft.tokens}
              onChange={(event) => onChange({ tokens: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Requests a minute" aside="optional" error={errors.requests}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              placeholder="The plan’s own"
              value={draft.requests}
              onChange={(event) => onChange({ requests: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Field
        label="Price a month, in US dollars"
        aside="optional"
        error={errors.dollars}
        hint="Stripe sends an invoice each month, due in 30 days. Without a price nothing is billed."
      >
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            placeholder="Not billed"
            value={draft.dollars}
            onChange={(event) => onChange({ dollars: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Reason"
        error={errors.reason}
        hint="It goes into the organization’s audit trail, which its owners and admins can read."
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
