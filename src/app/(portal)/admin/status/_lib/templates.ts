/** The first words of an update by its state, as in docs/INCIDENT_RESPONSE.md: what stands in brackets is to be filled in. */
export const templates = {
  investigating:
    "We are looking into [what customers see] since [hh:mm UTC]. [What is affected, what is not.] Accepted requests are kept and will be answered. Next update by [hh:mm UTC].",
  identified:
    "We know the cause: [what is wrong]. [What we are doing about it.] [What is affected, what is not.] Next update by [hh:mm UTC].",
  monitoring:
    "[What we did] at [hh:mm UTC]. Since then [which calls] work again. We keep watching until [hh:mm UTC].",
  resolved:
    "[What was wrong] is fixed since [hh:mm UTC]. Between [from] and [until], [n %] of [which calls] failed. They were not billed. We will publish what happened and what we change within seven days.",
  scheduled:
    "We will [what we do] from [hh:mm UTC] to [hh:mm UTC]. [What works meanwhile, what does not.] You don’t have to do anything.",
  in_progress: "The maintenance has begun. [What works meanwhile, what does not.]",
  completed: "The maintenance is done. [What has changed.]",
  canceled: "The maintenance does not take place. [Why, and when it will.]",
} as const;

/** Whether something in brackets was left as it stood. */
export const hasBlanks = (text: string): boolean =>
  Object.values(templates).some((template) => blanksOf(template).some((blank) => text.includes(blank)));

function blanksOf(template: string): string[] {
  return template.match(/\[[^\]]+\]/g) ?? [];
}
