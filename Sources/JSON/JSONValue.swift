/// A JSON value, with the place where it stood in its text.
///
/// Objects keep the order of their members. A value made in code stands at `JSONPosition.none`.
public struct JSONValue: Sendable {
    /// What kind of value it is, and what it holds.
    public enum Content: Sendable, Equatable {
        case null
        case bool(Bool)
        /// A number written without fraction or exponent that fits in 64 bits.
        case integer(Int)
        /// Any other number; always finite.
        case number(Double)
        case string(String)
        case array([JSONValue])
        case object([JSONMember])
    }

    public var content: Content
    public var position: JSONPosition

    public init(_ content: Content, at position: JSONPosition = .none) {
        self.content = content
        self.position = position
    }
}

/// One `"key": value` of an object.
public struct JSONMember: Sendable, Equatable {
    public var key: String
    public var value: JSONValue
    /// Where the key stands.
    public var position: JSONPosition

    public init(_ key: String, _ value: JSONValue, at position: JSONPosition = .none) {
        self.key = key
        self.value = value
        self.position = position
    }

    /// Members are equal when their keys and values are, wherever they stand.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.key == right.key && left.value == right.value
    }
}

/// A place in a JSON text, both counted from 1; `column` counts bytes.
public struct JSONPosition: Sendable, Hashable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of a value that was never text.
    public static let none = JSONPosition(line: 0, column: 0)
}

extension JSONValue: Equatable {
    /// Values are equal when their contents are, wherever they stand.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        left.content == right.content
    }
}

// MARK: - Reading

// Nothing here is inlined: where it is, in a caller of another module, the optimizer of Swift 6.3.1
// stops with "Found outside of lifetime use".
extension JSONValue {
    public var isNull: Bool { content == .null }

    @inline(never)
    public var bool: Bool? {
        if case .bool(let value) = content { value } else { nil }
    }

    /// The value as a whole number; `3`, but neither `3.0` nor `3e0`.
    @inline(never)
    public var integer: Int? {
        if case .integer(let value) = content { value } else { nil }
    }

    /// The value as a number of either kind.
    @inline(never)
    public var number: Double? {
        switch content {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    @inline(never)
    public var string: String? {
        if case .string(let value) = content { value } else { nil }
    }

    @inline(never)
    public var array: [JSONValue]? {
        if case .array(let value) = content { value } else { nil }
    }

    @inline(never)
    public var object: [JSONMember]? {
        if case .object(let value) = content { value } else { nil }
    }

    /// The member `key` of an object; nil where there is none, or for any other kind of value.
    ///
    /// Looks through the members in turn: for large objects, walk `object` once instead.
    public subscript(key: String) -> JSONValue? {
        object?.first { $0.key == key }?.value
    }

    /// What a person calls this kind of value: "a string", "a whole number".
    public var kind: String {
        switch content {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

// MARK: - Writing literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self.init(.string(value)) }
    public init(integerLiteral value: Int) { self.init(.integer(value)) }
    public init(floatLiteral value: Double) { self.init(.number(value)) }
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    public init(nilLiteral: ()) { self.init(.null) }
    public init(arrayLiteral elements: JSONValue...) { self.init(.array(elements)) }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(.object(elements.map { JSONMember($0.0, $0.1) }))
    }

    public static func string(_ value: String) -> JSONValue { JSONValue(.string(value)) }
    public static func integer(_ value: Int) -> JSONValue { JSONValue(.integer(value)) }
    public static func number(_ value: Double) -> JSONValue { JSONValue(.number(value)) }
    public static func bool(_ value: Bool) -> JSONValue { JSONValue(.bool(value)) }
    public static func array(_ value: [JSONValue]) -> JSONValue { JSONValue(.array(value)) }
    public static func object(_ value: [JSONMember]) -> JSONValue { JSONValue(.object(value)) }
}
