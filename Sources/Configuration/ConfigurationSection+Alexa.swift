import JSON

extension ConfigurationSection {
    static let alexaFields: [ConfigurationField] = [
        .init(
            "skill_id", .oneOrMoreTexts(count: 1...16, bytes: 1...256), nil,
            meaning: "must be there", example: "amzn1.ask.skill.1",
            "The skill that may call, or several."),
        .init(
            "model_key", .identifier, nil, meaning: "the first of `models`", example: "chatbot",
            "The model that answers, with its own persona, audience and settings."),
        .init(
            "greeting", .text(1...500), "Hello! What shall we talk about?",
            "What is said when the skill is opened."),
        .init("goodbye", .text(1...500), "Goodbye!", "What is said when it is stopped."),
        .init(
            "help", .text(1...500),
            "Just talk to me: begin with tell me, what, why or I. Say stop to end.",
            "What is said to who asks for help, and to what was not understood."),
        .init(
            "reprompt", .text(1...500), "What else would you like to say?",
            "What is said when nothing is answered for some seconds."),
        .init(
            "busy", .text(1...500), "I need a moment. Please say that again.",
            "What is said when there is no reply in time."),
    ]
}
