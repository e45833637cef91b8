"use client";

import { CircleAlert } from "lucide-react";
import { useId, useRef } from "react";
import { cn } from "@/components/cn";
import { Button } from "@/components/ui/button";
import { controlClasses } from "@/components/ui/fields/input";
import { Label } from "@/components/ui/fields/label";
import { readJson, type TextProblem } from "../_lib/json/read-json";

interface JsonEditorProps {
  label: string;
  hint?: string;
  value: string;
  problem: TextProblem | undefined;
  onChange: (text: string) => void;
}

const MIN_LINES = 4;

/** A text of JSON with numbered lines. Tab leaves it, as it leaves any field. */
export function JsonEditor({ label, hint, value, problem, onChange }: JsonEditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = Math.max(MIN_LINES, value.split("\n").length);
  const read = readJson(value);
  const formatted = "json" in read ? JSON.stringify(read.json.value, null, 2) : null;
  const goTo = ({ offset }: TextProblem) => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset);
  };
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <Label htmlFor={id}>{label}</Label>
        <Button
          variant="link"
          size="inline"
          className="text-[13px]"
          disabled={formatted === null || formatted === value}
          onClick={() => formatted !== null && onChange(formatted)}
        >
          Format
        </Button>
      </div>
      <div
        className={cn(
          controlClasses,
          "flex max-h-96 overflow-auto p-0 font-mono leading-5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
          problem && "border-danger has-focus-visible:outline-danger",
        )}
      >
        <pre
          aria-hidden="true"
          className="sticky left-0 shrink-0 select-none border-r bg-sunken px-2 py-2 text-right text-base/5 text-muted sm:text-[13px]/5"
        >
          {Array.from({ length: lines }, (_, index) => index + 1).map((line) => (
            <span key={line} className={cn("block", problem?.line === line && "font-semibold text-danger")}>
              {line}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          id={id}
          rows={lines}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={problem ? true : undefined}
          aria-describedby={`${id}-problem ${id}-hint`}
          className="min-w-0 flex-1 resize-none overflow-x-auto overflow-y-hidden whitespace-pre bg-transparent px-3 py-2 text-base/5 outline-none sm:text-[13px]/5"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      <p id={`${id}-problem`} aria-live="polite" className="text-[13px] text-danger empty:hidden">
        {problem && (
          <button
            type="button"
            onClick={() => goTo(problem)}
            className="flex items-start gap-1.5 text-left hover:underline"
          >
            <CircleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
            <span>
              Line {problem.line}, column {problem.column}: {problem.message}.
            </span>
          </button>
        )}
      </p>
      {hint && (
        <p id={`${id}-hint`} className="text-[13px] text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
