"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Textarea } from "@/components/ui/fields/textarea";
import { ToolCallView } from "../../_components/answer-text";
import { type Draft, type DraftMessage, nextId } from "../_lib/draft/draft";

interface MessageFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  error: string | undefined;
}

const labels = { user: "User", assistant: "Assistant" } as const;

export const messageFieldId = (id: number) => `playground-message-${id}`;

export function MessageFields({ draft, onChange, error }: MessageFieldsProps) {
  const errorId = useId();
  const { messages } = draft;
  const write = (id: number, text: string) =>
    onChange({ messages: messages.map((message) => (message.id === id ? { ...message, text } : message)) });
  const nextRole = messages.at(-1)?.role === "user" ? "assistant" : "user";
  const add = () => onChange({ messages: [...messages, { id: nextId(messages), role: nextRole, text: "" }] });

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
          invalid={error !== undefined && message.text.trim() === "" && !message.toolCalls}
          errorId={errorId}
          onWrite={(text) => write(message.id, text)}
          onRemove={() => onChange({ messages: without(messages, message) })}
        />
      ))}
      {error && (
        <p id={errorId} className="text-[13px] text-danger">
          {error}
        </p>
      )}
      <Button variant="ghost" size="sm" className="-ml-3 justify-self-start text-muted" onClick={add}>
        <Plus aria-hidden="true" />
        Add {nextRole} message
      </Button>
    </div>
  );
}

/** A call and the replies to it stand or fall together: providers refuse one without the other. */
function without(messages: DraftMessage[], removed: DraftMessage): DraftMessage[] {
  const calls = removed.toolCalls?.map(({ id }) => id) ?? [];
  return messages.filter(
    ({ id, toolCallId }) => id !== removed.id && !(toolCallId !== undefined && calls.includes(toolCallId)),
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
  const { role, toolName, toolCalls } = message;
  const label = role === "tool" ? `Result of ${toolName ?? "the tool"}` : labels[role];
  const asksOnly = toolCalls !== undefined && message.text === "";
  return (
    <div className="grid gap-2">
      <Field
        label={label}
        aside={
          removable &&
          // Without its reply, a call stays unanswered.
          role !== "tool" && (
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
            id={messageFieldId(message.id)}
            aria-label={label}
            rows={asksOnly ? 1 : 3}
            className={asksOnly ? "min-h-10" : role === "tool" ? "font-mono sm:text-[13px]" : undefined}
            placeholder={
              asksOnly
                ? "Text to go with the call (optional)"
                : role === "tool"
                  ? "What your function returned: text or JSON"
                  : undefined
            }
            aria-invalid={invalid || undefined}
            aria-describedby={invalid ? errorId : undefined}
            value={message.text}
            onChange={(event) => onWrite(event.currentTarget.value)}
          />
        )}
      </Field>
      {toolCalls?.map((call) => (
        <ToolCallView key={call.id} call={call} />
      ))}
    </div>
  );
}
