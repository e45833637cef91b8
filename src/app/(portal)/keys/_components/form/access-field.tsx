"use client";

import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { Segments } from "@/components/ui/fields/segments";
import { useScopes } from "../../../../_client/use-scopes";
import type { KeyAccess, KeyDraft } from "../../_lib/key-draft";
import { givableLevels, type Level, levelOf, resources, withLevel } from "../../_lib/scope-choices";

interface AccessFieldProps {
  draft: KeyDraft;
  error?: string | undefined;
  onChange: (part: Partial<KeyDraft>) => void;
}

const presets: readonly { value: KeyAccess; title: string; description: string }[] = [
  { value: "standard", title: "Standard", description: "Sends requests; reads its own, and models." },
  { value: "read", title: "Read only", description: "Reads the requests that you see; sends nothing." },
  { value: "restricted", title: "Restricted", description: "Only what you choose." },
];

const levelLabels: Record<Level, string> = { none: "None", read: "Read", write: "Write" };

/** The key's permissions: two presets, or a level per resource. */
export function AccessField({ draft, error, onChange }: AccessFieldProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">Permissions</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {presets.map(({ value, title, description }) => (
          <ChoiceCard
            key={value}
            name="access"
            title={title}
            checked={draft.access === value}
            onChoose={() => onChange({ access: value })}
          >
            {description}
          </ChoiceCard>
        ))}
      </div>
      {draft.access === "restricted" && <ResourceList draft={draft} onChange={onChange} />}
      {error && <p className="mt-1.5 text-[13px] text-danger">{error}</p>}
    </fieldset>
  );
}

function ResourceList({ draft, onChange }: Omit<AccessFieldProps, "error">) {
  const mine = useScopes();
  if (mine === undefined) return null;
  const offered = resources
    .map((resource) => ({ resource, levels: givableLevels(resource, mine) }))
    .filter(({ levels }) => levels.length > 1);
  return (
    <ul className="mt-2 divide-y rounded-lg border bg-surface">
      {offered.map(({ resource, levels }) => (
        <li
          key={resource.name}
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 px-3 py-2"
        >
          <span className="min-w-0">
            <span className="block font-medium">{resource.name}</span>
            <span className="block text-[13px] text-muted">{resource.description}</span>
          </span>
          <Segments
            legend={`${resource.name}: access`}
            value={levelOf(resource, draft.scopes)}
            options={levels.map((value) => ({ value, label: levelLabels[value] }))}
            onChange={(level) => onChange({ scopes: withLevel(draft.scopes, resource, level) })}
          />
        </li>
      ))}
    </ul>
  );
}
