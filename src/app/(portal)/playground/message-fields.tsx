"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";
import type { Draft, DraftMessage } from "./draft";

interface MessageFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  error: string | undefined;
}

const labels = { user: "User", assistant: "Assistant" } as const;

export function MessageFields({ draft, onChange, error }: MessageFieldsProps) {
  const errorId = useId();
  const { messages } = draft;
  const write = (id: number, text: string) =>
    onChange({ messages: messages.map((message) => (message.id === id ? { ...message, text } : message)) });
  const remove = (id: number) => onChange({ messages: messages.filter((message) => message.id !== id) });
  const nextRole = messages.at(-1)?.role === "user" ? "assistant" : "user";
  const add = () => {
    const id = Math.max(0, ...messages.map((message) => message.id)) + 1;
    onChange({ messages: [...messages, { id, role: nextRole, text: "" }] });
  };

  return (
    <div className="grid gap-4">
      <Field label="System" aside="optional">
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            className="min-h-16"
            placeholder="How the model should behave"
            value={draft.system}
            onChange={(event) => onChange({ system: event.currentTarget.value })}
          />
        )}
      </Field>
      {messages.map((message) => (
        <MessageField
          key={message.id}
          message={message}
          removable={messages.length > 1}
          invalid={error !== undefined && message.text.trim() === ""}
          errorId={errorId}
          onWrite={(text) => write(message.id, text)}
          onRemove={() => remove(message.id)}
        />
      ))}
      {error && (
        <p id={errorId} className="text-[13px] text-danger">
          {error}
        </p>
      )}
      <Button variant="ghost" size="sm" className="-ml-3 justify-self-start text-muted" onClick={add}>
        <Plus aria-hidden="true" />
        Add {nextRole === "user" ? "a user" : "an assistant"} message
      </Button>
    </div>
  );
}

interface MessageFieldProps {
  message: DraftMessage;
  removable: boolean;
  invalid: boolean;
  errorId: string;
  onWrite: (text: string) => void;
  onRemove: () => void;
}

function MessageField({ message, removable, invalid, errorId, onWrite, onRemove }: MessageFieldProps) {
  const label = labels[message.role];
  return (
    <Field
      label={label}
      aside={
        removable && (
          <button
            type="button"
            onClick={onRemove}
            aria-label={`Remove this ${label.toLowerCase()} message`}
            className="flex size-6 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <X className="size-4" aria-hidden="true" />
          </button>
        )
      }
    >
      {(control) => (
        <Textarea
          {...control}
          aria-invalid={invalid || undefined}
          aria-describedby={invalid ? errorId : undefined}
          value={message.text}
          onChange={(event) => onWrite(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
