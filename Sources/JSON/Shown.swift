/// A text that may come out of a file or a call, safe on one line of a terminal or a log: characters that
/// cannot be seen are written as escapes, and what is too long is cut.
///
/// - Parameters:
///   - text: any.
///   - most: how many characters of it, in Unicode scalars, are kept.
/// - Returns: the text.
public func shown(_ text: String, most: Int = 400) -> String {
    var safe = ""
    var rest = text.unicodeScalars[...]
    for scalar in rest.prefix(most) {
        let category = scalar.properties.generalCategory
        if category == .control || category == .format || category == .lineSeparator
            || category == .paragraphSeparator
        {
            safe += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            safe.unicodeScalars.append(scalar)
        }
        rest.removeFirst()
    }
    return rest.isEmpty ? safe : safe + "…"
}
