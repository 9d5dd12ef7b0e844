import JSON

/// The fields of a request's JSON object, read one by one; each complaint names its field. `null`
/// counts as absent.
struct RequestFields {
    private let object: JSONValue

    /// - Throws: `APIError` (400) unless `body` is one JSON object.
    init(_ body: [UInt8]) throws(APIError) {
        do {
            object = try JSONParser.parse(body)
        } catch let error as JSONError {
            if case .duplicateKey(let key) = error.fault {
                // A name that no field has may be anything, and is not repeated.
                let name = ModelKey.isValid(key) ? key : nil
                throw APIError(
                    400, "the body has the field \(name ?? "of one name") twice; send it once",
                    param: name, code: "duplicate_field")
            }
            throw APIError(400, "the body is not JSON: \(error)", code: "invalid_json")
        } catch {
            throw APIError(400, "the body is not JSON", code: "invalid_json")
        }
        guard object.object != nil || object.isNull else {
            throw APIError(
                400, "the body is \(object.kind); send an object such as {\"model_key\": …}",
                code: "invalid_json")
        }
    }

    /// The fields of an object within a body.
    init(_ object: JSONValue) { self.object = object }

    /// Whether the body was the bare word `null`.
    var isNull: Bool { object.isNull }

    /// The value of a field, unless it is absent or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard let string = value.string else { throw wrongType(name, value, wanted: "a string") }
        return string
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.bool else { throw wrongType(name, value, wanted: "true or false") }
        return bool
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integer else {
            throw wrongType(name, value, wanted: "a whole number")
        }
        guard range.contains(integer) else {
            throw .invalid(
                name,
                "\(name) is \(integer); it may be \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.number else { throw wrongType(name, value, wanted: "a number") }
        guard range.contains(number) else {
            throw .invalid(
                name,
                "\(name) is \(number); it may be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A string or a list of them, such as stop strings: at most `count`, each of at most `bytes`
    /// bytes and not empty.
    func strings(
        _ name: String, atMost count: Int, ofAtMost bytes: Int
    ) throws(APIError) -> [String]? {
        guard let value = value(name) else { return nil }
        let values = value.array ?? [value]
        guard values.count <= count else {
            throw .invalid(name, "\(name) has \(values.count) entries; it may have \(count)")
        }
        var strings: [String] = []
        for value in values {
            guard let string = value.string else {
                throw wrongType(name, value, wanted: "a string or a list of strings")
            }
            guard (1...bytes).contains(string.utf8.count) else {
                throw .invalid(name, "each entry of \(name) may have 1 to \(bytes) bytes")
            }
            strings.append(string)
        }
        return strings
    }

    private func wrongType(_ name: String, _ value: JSONValue, wanted: String) -> APIError {
        .invalid(name, "\(name) is \(value.kind); it should be \(wanted)")
    }
}
