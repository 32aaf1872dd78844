/** Filters written in jq itself, so that paths go through them. jq: builtin.jq, whose meaning they share. */
export const prelude = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def recurse: recurse(.[]?);
def recurse(f): def walk_down: ., (f | walk_down); walk_down;
def recurse(f; condition): def walk_down: ., (f | select(condition) | walk_down); walk_down;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def to_entries: [keys_unsorted[] as $key | {key: $key, value: .[$key]}];
def from_entries: reduce .[] as $entry ({};
  . + {($entry | if type == "object" then (if has("key") then .key elif has("k") then .k elif has("name") then .name
    elif has("Name") then .Name elif has("Key") then .Key else .K end) else .key end
    | if type == "string" then . elif . == null then "null" else tojson end):
    ($entry | if has("value") then .value elif has("v") then .v elif has("Value") then .Value else .V end)});
def with_entries(f): to_entries | map(f) | from_entries;
def add: reduce .[] as $item (null; . + $item);
def add(f): reduce f as $item (null; . + $item);
def any: reduce .[] as $item (false; . or $item);
def all: reduce .[] as $item (true; . and $item);
def any(f): [.[] | f] | any;
def all(f): [.[] | f] | all;
def any(source; f): [source | f] | any;
def all(source; f): [source | f] | all;
def first: .[0];
def last: .[-1];
def last(f): reduce f as $item (null; $item);
def nth($n): .[$n];
def nth($n; f): last(limit($n + 1; f));
def in(object): . as $key | object | has($key);
def inside(outer): . as $inner | outer | contains($inner);
def join($separator): reduce .[] as $item (null; (if . == null then "" else . + $separator end) +
  ($item | if . == null then "" elif type == "boolean" or type == "number" then tojson else . end))
  | if . == null then "" else . end;
def flatten: flatten(1e9);
def flatten($depth): if $depth < 0 then error("flatten depth must not be negative") else
  reduce .[] as $item ([]; if ($item | type) == "array" and $depth > 0
    then . + ($item | flatten($depth - 1)) else . + [$item] end) end;
def range($to): range(0; $to);
def while(condition; update): def again: if condition then ., (update | again) else empty end; again;
def until(condition; update): def again: if condition then . else update | again end; again;
def repeat(f): def again: ., (f | again); again;
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def pick(f): . as $whole | reduce path(f) as $path (null; setpath($path; $whole | getpath($path)));
def walk(f): def inner: if type == "object" then map_values(inner) elif type == "array" then map(inner) else . end | f;
  inner;
def sort_by(f): sort_by_keys(map([f]));
def group_by(f): group_by_keys(map([f]));
def unique_by(f): [group_by(f)[] | .[0]];
def unique: unique_by(.);
def min_by(f): sort_by(f) | first;
def max_by(f): sort_by(f) | last;
def min: min_by(.);
def max: max_by(.);
def index($part): indices($part) | .[0];
def rindex($part): indices($part) | .[-1:][0];
def test($pattern): test($pattern; null);
def test($pattern; $flags): matches($pattern; $flags) | length > 0;
def match($pattern): match($pattern; null);
def match($pattern; $flags): matches($pattern; $flags)[];
def capture($pattern): capture($pattern; null);
def capture($pattern; $flags): match($pattern; $flags)
  | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def scan($pattern): scan($pattern; null);
def scan($pattern; $flags): match($pattern; "g" + $flags)
  | if (.captures | length) > 0 then [.captures[].string] else .string end;
def splits($pattern): splits($pattern; null);
def splits($pattern; $flags): split($pattern; $flags)[];
def split($pattern; $flags): . as $text | [foreach (match($pattern; "g" + $flags), null) as $found
  ({at: 0}; if $found == null then .part = $text[.at:] else .part = $text[.at:$found.offset]
    | .at = $found.offset + $found.length end; .part)];
def sub($pattern; replacement): sub($pattern; replacement; "");
def sub($pattern; replacement; $flags): . as $text | [match($pattern; $flags)] as $found
  | reduce $found[] as $one ({at: 0, text: ""}; .text += $text[.at:$one.offset]
    + ($one | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries | replacement)
    | .at = $one.offset + $one.length) | .text + $text[.at:];
def gsub($pattern; replacement): sub($pattern; replacement; "g");
def gsub($pattern; replacement; $flags): sub($pattern; replacement; $flags + "g");
`;
