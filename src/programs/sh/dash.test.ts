/** The shell against what Debian's dash 0.5.12 printed for the same text. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';
import snippets from './dash-snippets.json' with { type: 'json' };

/** Where ours is to differ from dash, and why. */
const accepted: Readonly<Record<string, string>> = {
  'x=5; echo $((x++)) $x $((++x)) $((x+=2)) $x $((x>3?10:20)) $((1,2))': 'ash and bash have ++; dash refuses it, which helps nobody at a prompt',
  "sh -c 'kill -SEGV $$'; echo $?": 'the recorded machine writes core dumps: "(core dumped)"',
  'case x in': 'dash expects the ")" of a pattern, ours says what is missing: esac',
  'kill abc; echo $?; kill 999999; echo $?; kill %3; echo $?': 'dash writes an empty line after "No such process"',
  '(sleep 0.1; kill -USR1 $$) & trap \'echo usr1\' USR1; wait; echo $?; wait; echo $?': 'a race in dash between the signal and the end of its sender',
  'jobs; sleep 0.1 & jobs; wait; jobs': 'dash without a terminal forgets the text of its jobs',
};

for (const { script, out, err, code } of snippets) {
  const isAccepted = script in accepted;
  test(`sh -c '${script.replaceAll('\n', '\\n')}' ${isAccepted ? `differs: ${accepted[script] ?? ''}` : 'prints what dash prints'}`, () => {
    const ran = stage().sh(script);
    const seen = { out: ran.out, err: ran.err.replaceAll('/bin/sh:', 'sh:'), status: ran.status };
    const recorded = { out, err, status: { code } };
    if (isAccepted) expect(seen).not.toEqual(recorded);
    else expect(seen).toEqual(recorded);
  });
}
