"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckList } from "@/components/ui/check-list";
import { CountField } from "@/components/ui/count-field";
import { MoneyField } from "@/components/ui/money-field";
import { KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { type Failure, fieldError } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import type { KeyDraft, KeyDraftErrors } from "../../_lib/key-draft";
import { ExpiryField } from "./expiry-field";
import { IpAllowlistField } from "./ip-allowlist-field";

interface KeyLimitFieldsProps {
  draft: KeyDraft;
  /** The key's current expiry. */
  expiresAt?: string | null;
  onChange: (part: Partial<KeyDraft>) => void;
  errors: KeyDraftErrors;
  /** What the server refused. */
  failure: Failure | null;
}

export function KeyLimitFields({ draft, expiresAt = null, onChange, errors, failure }: KeyLimitFieldsProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const refused = (param: string) => fieldError(failure, param);
  const refusedAddress = refused("ip_allowlist");
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
          error={errors.cap ?? refused("monthly_cap_micros")}
        />
        <CountField
          label="Requests per minute"
          unit="requests per minute"
          whenEmpty="Leave empty for the plan's limit."
          bounds={REQUESTS_PER_MINUTE}
          value={draft.rpmLimit}
          onChange={(rpmLimit) => onChange({ rpmLimit })}
          error={errors.rpmLimit ?? refused("rpm_limit")}
        />
      </div>
      <ExpiryField
        draft={draft}
        expiresAt={expiresAt}
        error={errors.lastDay ?? refused("expires_at")}
        onChange={onChange}
      />
      <IpAllowlistField
        value={draft.ipAllowlist}
        errors={errors.ipAllowlist.length > 0 || !refusedAddress ? errors.ipAllowlist : [refusedAddress]}
        onChange={(ipAllowlist) => onChange({ ipAllowlist })}
      />
      <CheckList
        legend="Models"
        hint={draft.models.length === 0 ? "Choose none to allow all." : undefined}
        options={(models.data?.data ?? []).map(({ id }) => id)}
        chosen={draft.models}
        onChange={(chosen) => onChange({ models: chosen })}
      />
    </div>
  );
}
