import JSON

extension ConfigurationSection {
    static let modelFields: [ConfigurationField] = [
        .init(
            "key", .identifier, "chatbot", "What requests call it; not `list`, and no two alike."),
        .init(
            "model_name", .text(1...4096), "124M",
            "A name under `models`, or a path. `117M` and `345M` mean `124M` and `355M`."),
        .init(
            "restore_from", .path, nil, meaning: "`model_name`'s own", example: "checkpoint/run1",
            "A folder of checkpoints, or one of them."),
        .init(
            "sanitizer", .choice(["none", "chatbot", "chatbot-legacy"]), "none",
            """
            What is done to replies. `null` and `sanitizers.…` mean `chatbot-legacy`, as the \
            original took them.
            """),
        .init(
            "names", .texts(count: 0...256, bytes: 0...64), nil,
            meaning: "`DIXIE_NAMES`, else the persona's audience", example: ["mom", "dad"],
            "The audiences whose prefixes the sanitizer takes away."),
        .init("persona", .object(.persona), [:], "Who the model speaks as; see below."),
        .init(
            "generation", .object(.generation), [:],
            "How it answers where a request does not say; see below."),
        .init(
            "compat", .choice(["dixie", "off"]), nil, meaning: "the server's `compat`",
            example: "dixie",
            """
            `dixie` turns the original's quirks on: no early stop, its penalty, its sanitizer.
            """),
        .init(
            "weights", .choice(["f32", "bf16", "int8", "int4"]), "f32",
            """
            How the weights are kept: 4, 2, 1 or half a byte each. Fewer are faster and a little \
            less exact.
            """),
        .init(
            "kv", .choice(["bf16", "f32"]), "bf16",
            "How keys and values of a reply's tokens are kept: in 2 bytes or 4."),
        .init(
            "draft", .identifier, nil, meaning: "none", example: "small",
            "The key of a smaller model that guesses ahead.",
            notYet: "no model guesses ahead in this version"),
        .init(
            "preload", .flag, true, "Loads it when the server starts, else at the first request."),
        .init(
            "pin", .flag, false, "Keeps it loaded when memory gets short, whatever its `ttl`."),
        .init(
            "ttl", .integer(0...31_536_000), 0,
            "Seconds without use until it is unloaded; 0 never."),
        .init(
            "system", .choice(["drop", "prepend", "truncate"]), "drop",
            """
            What becomes of a system message: left out, put first, or put first and cut to half of \
            the model's window.
            """),
        .init(
            "endoftext", .choice(["literal", "special"]), "literal",
            "Whether `<|endoftext|>` is text, or the token that ends a reply."),
    ]

    static let personaFields: [ConfigurationField] = [
        .init("side", .integer(0...1), 0, "The side of the conversation it was tuned to speak on."),
        .init(
            "audience", .text(1...64), nil, meaning: "the first of `names`, else `user`",
            example: "mom", "With whom it talks where a request does not say."),
    ]

    static let generationFields: [ConfigurationField] = [
        .init(
            "length", .integer(1...4096), 120, "Tokens of a reply; shrinks to the room there is."),
        .init("temperature", .number(0...5), 0.3, "0 always takes the likeliest token."),
        .init(
            "top_k", .integer(0...1_000_000), 40,
            "Draws from so many tokens where `top_p` is 0; 0 from all."),
        .init(
            "top_p", .number(0...1), 0.9,
            "Draws from the likeliest tokens that make up this share; 0 is off."),
        .init(
            "penalize", .number(0...1), 0.85,
            "Makes tokens already there less likely; 0 and 1 are off."),
        .init(
            "stop", .texts(count: 0...16, bytes: 1...64), nil,
            meaning: "`[\"<EOM>\"]` with a sanitizer, else none", example: ["<EOM>"],
            "Texts that end a reply and are not sent."),
    ]
}
