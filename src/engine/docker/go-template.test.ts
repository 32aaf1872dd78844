import { expect, test } from 'vitest';
import { parseTemplate } from './go-template.ts';

function render(source: string, value: unknown): string {
  const template = parseTemplate(source);
  if ('error' in template) return template.error;
  const text = template.execute(value);
  return typeof text === 'string' ? text : text.error;
}

const container = {
  Name: '/web',
  State: { Status: 'running', Pid: 7 },
  Args: ['-c', 'x y'],
  Labels: { b: '2', a: '1' },
  Empty: null,
  On: true,
};

test.each([
  ['{{.Name}} {{.State.Pid}}', '/web 7'],
  ['{{json .Args}}|{{.Args}}|{{.Labels}}', '["-c","x y"]|[-c x y]|map[a:1 b:2]'],
  ['{{index .Args 1}} {{index .Labels "b"}} {{len .Args}}', 'x y 2 2'],
  ['{{range .Args}}<{{.}}>{{end}}', '<-c><x y>'],
  ['{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{if .On}}yes{{else}}no{{end}} {{if not .On}}a{{else if eq .State.Status "running"}}b{{end}}', 'yes b'],
  ['{{with .State}}{{.Status}} of {{$.Name}}{{end}}', 'running of /web'],
  ['{{.State.Status | upper | printf "%-9s|"}}', 'RUNNING  |'],
  ['{{join .Args ", "}} {{(index .Args 0)}} {{truncate .Name 3}}', '-c, x y -c /we'],
  ['a {{- /* note */ -}} b', 'ab'],
  ['{{$x := .State}}{{$x.Pid}} {{printf "%05d %q" 42 "a"}}', '7 00042 "a"'],
  ['{{if and .On (gt .State.Pid 3)}}big{{end}}', 'big'],
  ['{{.Nope}}', 'template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
  ['{{nope .Name}}', 'template parsing error: template: :1: function "nope" not defined'],
  ['{{.Name', 'template parsing error: template: :1: unclosed action'],
  ['{{if .On}}x', 'template parsing error: template: :1: unexpected EOF'],
])('%s', (source, expected) => {
  expect(render(source, container)).toBe(expected);
});
