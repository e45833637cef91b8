"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckList } from "@/components/ui/fields/check-list";
import { CountField } from "@/components/ui/fields/count-field";
import { Field } from "@/components/ui/fields/field";
import { MoneyField } from "@/components/ui/fields/money-field";
import { Select } from "@/components/ui/fields/select";
import { KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { useTRPC } from "../../../../_client/trpc";
import { cacheChoices } from "../../_lib/cache-time";
import type { KeyDraft } from "../../_lib/key-draft";
import { ExpiryField } from "./expiry-field";
import { IpAllowlistField } from "./ip-allowlist-field";

interface KeyLimitFieldsProps {
  draft: KeyDraft;
  /** The key's current expiry. */
  expiresAt?: string | null;
  onChange: (part: Partial<KeyDraft>) => void;
  errorAt: (name: keyof KeyDraft) => string | undefined;
}

export function KeyLimitFields({ draft, expiresAt = null, onChange, errorAt }: KeyLimitFieldsProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <div className="grid gap-5">
      <div className="grid gap-5 sm:grid-cols-2">
        <MoneyField
          label="Monthly cap"
          per="per calendar month (UTC)"
          whenEmpty="Leave empty for no cap."
          bounds={KEY_CAP_MICROS}
          value={draft.cap}
          onChange={(cap) => onChange({ cap })}
          error={errorAt("cap")}
        />
        <CountField
          label="Requests per minute"
          unit="requests per minute"
          whenEmpty="Leave empty for the plan’s limit."
          bounds={REQUESTS_PER_MINUTE}
          value={draft.rpmLimit}
          onChange={(rpmLimit) => onChange({ rpmLimit })}
          error={errorAt("rpmLimit")}
        />
      </div>
      <ExpiryField draft={draft} expiresAt={expiresAt} error={errorAt("lastDay")} onChange={onChange} />
      <IpAllowlistField
        value={draft.ipAllowlist}
        errors={errorAt("ipAllowlist")?.split("\n") ?? []}
        onChange={(ipAllowlist) => onChange({ ipAllowlist })}
      />
      <CheckList
        legend="Models"
        hint={draft.models.length === 0 ? "Choose none to allow all." : undefined}
        options={(models.data?.data ?? []).map(({ id }) => id)}
        chosen={draft.models}
        onChange={(chosen) => onChange({ models: chosen })}
      />
      <Field
        label="Response cache"
        error={errorAt("cacheSeconds")}
        hint="A repeated request gets the stored answer for this long, at no cost."
      >
        {(control) => (
          <Select
            {...control}
            value={draft.cacheSeconds}
            onChange={({ currentTarget }) => onChange({ cacheSeconds: currentTarget.value })}
          >
            {cacheChoices(draft.cacheSeconds).map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
