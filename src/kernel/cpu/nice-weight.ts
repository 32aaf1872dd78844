/** The weight of a group as the nice value of a task of the same weight. Linux: kernel/sched/core.c. */

/** sched_prio_to_weight[], from nice -20 to 19. */
const weights = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];
const usual = { group: 100, task: 1024 };

/** What a task of that nice value weighs beside a cgroup of some cpu.weight. */
export function weightOfTask(nice: number): number {
  return ((weights[nice + 20] ?? usual.task) * usual.group) / usual.task;
}

/** cpu.weight as cpu.weight.nice: the nearest. cpu_weight_nice_read_s64(). */
export function niceOfWeight(weight: number): number {
  const asTask = Math.trunc((weight * usual.task) / usual.group);
  const distance = (one: number): number => Math.abs(one - asTask);
  const at = weights.findIndex((one, index) => distance(weights[index + 1] ?? Infinity) >= distance(one));
  return at - 20;
}

/** The cpu.weight that a nice value means; undefined for one that there is not. */
export function weightOfNice(nice: number): number | undefined {
  const task = weights[nice + 20];
  return task === undefined ? undefined : Math.round((task * usual.group) / usual.task);
}
