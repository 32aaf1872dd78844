/** Where a name is too long its middle is left out: its beginning and its number tell it from others. */
export function MiddleOut({ name }: { readonly name: string }) {
  const [tail] = /[-_.][^-_.]{1,5}$/.exec(name) ?? /.{0,3}$/.exec(name) ?? [''];
  return (
    <span className="middle-out">
      <span>{name.slice(0, name.length - tail.length)}</span>
      {tail}
    </span>
  );
}
