import { incidentEmails } from "@agathaai/core/billing";
import { inquiryEmails } from "@agathaai/core/inquiries";
import { statusEmails } from "@agathaai/core/status";
import { subProcessorEmails } from "@agathaai/core/sub-processors";
import { day, type Sample } from "./sample";

const incident = {
  kind: "dispute",
  orgId: "019a8b1e-0000-7000-8000-000000000000",
  objectId: "dp_sample",
  state: "needs_response",
  micros: 29_000_000n,
  planLostUntil: day,
};

/** To our operators, and to people who are no customers. */
export const operatorSamples: readonly Sample[] = [
  {
    name: "Sub-processor added",
    email: () =>
      subProcessorEmails.subProcessorChangeEmail({
        id: "agate added 2027-01-01",
        kind: "added",
        on: "2027-01-01",
        subProcessor: {
          id: "agate",
          name: "Agate Mail",
          purpose: "Sends email",
          place: "Germany",
          data: "Email addresses",
          from: "2027-01-01",
        },
      }),
    links: ["/subprocessors"],
  },
  {
    name: "Billing incident",
    email: () => incidentEmails.incidentEmail(incident),
    links: ["/admin/billing"],
  },
  {
    name: "New inquiry",
    email: () => inquiryEmails.newInquiryEmail("inq_01jd0q4g5te8tvhz3t1c7x9ncm"),
    links: ["/admin/inquiries/inq_01jd0q4g5te8tvhz3t1c7x9ncm"],
  },
  {
    name: "Status subscription",
    email: () => statusEmails.confirmSubscriptionEmail("AbC-123_x"),
    links: ["/status/confirm?token=AbC-123_x"],
  },
  {
    name: "Status update",
    email: () =>
      statusEmails.statusUpdateEmail(
        {
          noticeId: "ntc_01jd0q4g5te8tvhz3t1c7x9ncm",
          kind: "incident",
          title: "Slow responses from one provider",
          components: ["openai"],
          state: "identified",
          text: "We know the cause: one region of OpenAI answers late. Calls take up to 40 seconds. Next update by 11:30 UTC.",
          startsAt: new Date("2026-11-27T10:40:00Z"),
          endsAt: null,
        },
        "sub_01jd0q4g5te8tvhz3t1c7x9ncm.x",
      ),
    links: [
      "/status#ntc_01jd0q4g5te8tvhz3t1c7x9ncm",
      "/status/unsubscribe?token=sub_01jd0q4g5te8tvhz3t1c7x9ncm.x",
    ],
  },
  { name: "Inquiry received", email: () => inquiryEmails.inquiryReceivedEmail(), links: ["/"] },
];
