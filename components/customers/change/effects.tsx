/** What a change means, a sentence each. */
export function Effects({ title, sentences }: { title: string; sentences: readonly string[] }) {
  return (
    <div className="rounded-lg border border-line-strong bg-raised/60 px-3.5 py-2.5 text-sm">
      <p className="font-medium">{title}</p>
      <ul className="mt-1 list-disc pl-5">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
