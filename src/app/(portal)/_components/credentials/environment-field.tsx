"use client";

import { useQuery } from "@tanstack/react-query";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { useTRPC } from "../../../_client/trpc";

interface EnvironmentFieldProps {
  value: "live" | "test";
  onChange: (part: { environment: "live" | "test" }) => void;
}

/** In which environment new credentials work. Live ones wait until the person has verified their email. */
export function EnvironmentField({ value, onChange }: EnvironmentFieldProps) {
  const me = useQuery(useTRPC().account.me.queryOptions());
  const unverified = me.data?.user.email_verified === false;
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Environment</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        <ChoiceCard
          name="environment"
          title="Test"
          checked={value === "test"}
          onChoose={() => onChange({ environment: "test" })}
        >
          Simulated answers. Free.
        </ChoiceCard>
        <ChoiceCard
          name="environment"
          title="Live"
          checked={value === "live"}
          onChoose={() => onChange({ environment: "live" })}
          disabled={unverified}
        >
          {unverified ? "Verify your email first." : "Real answers. Counts toward your plan."}
        </ChoiceCard>
      </div>
    </fieldset>
  );
}
