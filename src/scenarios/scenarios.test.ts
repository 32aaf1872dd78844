import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playScenario } from '../host/play-scenario.ts';
import { parseScenario } from '../host/scenario.ts';
import { narrate } from '../scene/narration.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder).filter((name) => name.endsWith('.scenario'));

describe.each(names)('%s', (name) => {
  test('shows what it promises, and its story reads as it was reviewed', async () => {
    const scenario = parseScenario(readFileSync(`${folder}/${name}`, 'utf8'));
    if ('message' in scenario) throw new Error(`line ${scenario.line}: ${scenario.message}`);
    const { disappointments, events } = playScenario(scenario, 1, () => {});
    expect(disappointments).toEqual([]);
    expect(
      events.filter(({ type }) => type === 'note').filter((note) => 'topic' in note && note.topic === 'fault'),
    ).toEqual([]);
    const story = `${narrate(events).join('\n')}\n`;
    await expect(story).toMatchFileSnapshot(`${folder}/${name.replace(/scenario$/, 'story.txt')}`);
  });
});
