"use client";

import { Plus, Trash2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { type Draft, type DraftTool, nextId } from "../_lib/draft/draft";
import { blankTool, toolTemplates } from "../_lib/draft/templates";
import { FUNCTION_CHOICE, type ToolErrors } from "../_lib/draft/to-body";
import { JsonEditor } from "./json-editor";

interface ToolFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errors: Record<number, ToolErrors> | undefined;
}

/** The functions that a model may ask for. */
export default function ToolFields({ draft: { tools, toolChoice }, onChange, errors }: ToolFieldsProps) {
  const write = (id: number, part: Partial<DraftTool>) =>
    onChange({ tools: tools.map((tool) => (tool.id === id ? { ...tool, ...part } : tool)) });
  const add = (tool: Omit<DraftTool, "id">) => {
    const taken = tools.some(({ name }) => name === tool.name);
    const id = nextId(tools);
    onChange({
      tools: [...tools, { ...tool, id, name: taken && tool.name ? `${tool.name}_${id}` : tool.name }],
    });
  };
  return (
    <div className="grid gap-4">
      {tools.map((tool, index) => (
        <ToolField
          key={tool.id}
          tool={tool}
          number={index + 1}
          errors={errors?.[tool.id] ?? {}}
          onChange={(part) => write(tool.id, part)}
          onRemove={() => onChange({ tools: tools.filter(({ id }) => id !== tool.id) })}
        />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="secondary" size="sm" onClick={() => add(blankTool)}>
          <Plus aria-hidden="true" />
          Add function
        </Button>
        <Select
          aria-label="Add function from template"
          className="w-auto max-w-52"
          value=""
          onChange={(event) => {
            const template = toolTemplates.find(({ label }) => label === event.currentTarget.value);
            if (template) add(template.tool);
          }}
        >
          <option value="">From a template</option>
          {toolTemplates.map(({ label }) => (
            <option key={label} value={label}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      {tools.length > 0 && (
        <Field label="Function to call">
          {(control) => (
            <Select
              {...control}
              value={toolChoice}
              onChange={(event) => onChange({ toolChoice: event.currentTarget.value })}
            >
              <option value="">The model decides</option>
              <option value="required">At least one</option>
              <option value="none">None</option>
              {tools
                .filter(({ name }) => name !== "")
                .map(({ id, name }) => (
                  <option key={id} value={FUNCTION_CHOICE + name}>
                    {name}
                  </option>
                ))}
            </Select>
          )}
        </Field>
      )}
    </div>
  );
}

interface ToolFieldProps {
  tool: DraftTool;
  number: number;
  errors: ToolErrors;
  onChange: (part: Partial<DraftTool>) => void;
  onRemove: () => void;
}

function ToolField({ tool, number, errors, onChange, onRemove }: ToolFieldProps) {
  return (
    <fieldset className="grid min-w-0 gap-4 rounded-lg border p-4">
      <legend className="sr-only">Function {number}</legend>
      <Field
        label="Name"
        error={errors.name}
        aside={
          <button
            type="button"
            onClick={onRemove}
            aria-label={`Remove function ${number}`}
            className="flex size-6 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-danger"
          >
            <Trash2 className="size-4" aria-hidden="true" />
          </button>
        }
      >
        {(control) => (
          <Input
            {...control}
            spellCheck={false}
            autoComplete="off"
            className="font-mono sm:text-[13px]"
            placeholder="get_weather"
            value={tool.name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Description" aside="for the model">
        {(control) => (
          <Input
            {...control}
            value={tool.description}
            onChange={(event) => onChange({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <JsonEditor
        label="Parameters"
        hint="A JSON Schema of the arguments."
        value={tool.parameters}
        problem={errors.parameters}
        onChange={(parameters) => onChange({ parameters })}
      />
      <label className="flex cursor-pointer items-center gap-2">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={tool.strict}
          onChange={(event) => onChange({ strict: event.currentTarget.checked })}
        />
        Strict: the arguments must fit the schema
      </label>
    </fieldset>
  );
}
