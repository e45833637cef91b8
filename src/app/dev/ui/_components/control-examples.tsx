"use client";

import { BarChart3, Plus, Table2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { CheckList } from "@/components/ui/fields/check-list";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { CountField } from "@/components/ui/fields/count-field";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { LastDayField } from "@/components/ui/fields/last-day-field";
import { MoneyField } from "@/components/ui/fields/money-field";
import { Segments } from "@/components/ui/fields/segments";
import { Select } from "@/components/ui/fields/select";
import { Textarea } from "@/components/ui/fields/textarea";
import { Example } from "./example";

const variants = ["primary", "secondary", "ghost", "danger-quiet", "danger", "link"] as const;
const sizes = ["sm", "md", "lg"] as const;
const tones = ["neutral", "accent", "attention", "danger", "good", "outline"] as const;
const views = [
  { value: "chart", label: "Chart", Icon: BarChart3 },
  { value: "table", label: "Table", Icon: Table2 },
] as const;
const metrics = ["Tokens", "Requests", "Cost"] as const;

export function ButtonExamples() {
  const [metric, setMetric] = useState<(typeof metrics)[number]>("Tokens");
  const [view, setView] = useState<(typeof views)[number]["value"]>("chart");
  const [environment, setEnvironment] = useState("Test");
  return (
    <>
      <Example name="Button: variants">
        {variants.map((variant) => (
          <Button key={variant} variant={variant}>
            {variant}
          </Button>
        ))}
      </Example>
      <Example name="Button: sizes and states">
        {sizes.map((size) => (
          <Button key={size} size={size} variant="secondary">
            <Plus aria-hidden="true" />
            {size}
          </Button>
        ))}
        <Button pending>Pending</Button>
        <Button disabled>Disabled</Button>
        <CopyButton text="agt_test_…" label="Copy key" labeled />
        <CopyButton text="agt_test_…" label="Copy key" />
      </Example>
      <Example name="Badge">
        {tones.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
      </Example>
      <Example name="Segments">
        <Segments
          legend="Measure"
          value={metric}
          options={metrics.map((value) => ({ value, label: value }))}
          onChange={setMetric}
        />
        <Segments legend="Show as" value={view} options={views} onChange={setView} />
      </Example>
      <Example name="ChoiceCard" className="grid sm:grid-cols-3">
        {["Test", "Live", "Off"].map((title) => (
          <ChoiceCard
            key={title}
            name="environment"
            title={title}
            checked={environment === title}
            disabled={title === "Off"}
            onChoose={() => setEnvironment(title)}
          >
            What choosing it means.
          </ChoiceCard>
        ))}
      </Example>
    </>
  );
}

export function FieldExamples() {
  const [amount, setAmount] = useState("1,250.5");
  const [count, setCount] = useState("60");
  const [day, setDay] = useState("2099-01-31");
  const [models, setModels] = useState<string[]>(["gpt-4o"]);
  return (
    <div className="grid gap-6 sm:grid-cols-2">
      <Field label="Name" hint="Name it after the program that will use it." aside="optional">
        {(control) => <Input {...control} placeholder="Checkout service" />}
      </Field>
      <Field label="Name" error="Enter a name.">
        {(control) => <Input {...control} />}
      </Field>
      <Field label="Model">
        {(control) => (
          <Select {...control}>
            <option>gpt-4o</option>
            <option>deepseek-flash</option>
          </Select>
        )}
      </Field>
      <Field label="Message">{(control) => <Textarea {...control} placeholder="What you need" />}</Field>
      <MoneyField
        label="Monthly cap"
        per="per calendar month (UTC)"
        bounds={{ least: 10_000, most: 1_000_000_000_000 }}
        value={amount}
        onChange={setAmount}
      />
      <CountField
        label="Requests per minute"
        unit="requests per minute"
        bounds={{ least: 1, most: 10_000 }}
        value={count}
        onChange={setCount}
      />
      <LastDayField label="Last day" zone="UTC" value={day} onChange={setDay} />
      <CheckList
        legend="Models"
        options={["gpt-4o", "gemini-3.8-flash", "deepseek-flash"]}
        chosen={models}
        onChange={setModels}
      />
    </div>
  );
}
