//! Robots that call themselves by name: what they open nobody has visited.

/// What robots write into their `User-Agent`, in lower case.
const NAMES: &[&str] = &[
    // WeChat's own, which looks at pages of mini programs to index them.
    "mpcrawler",
    // Search.
    "googlebot",
    "googleother",
    "bingbot",
    "baiduspider",
    "sogou web spider",
    "sogou inst spider",
    "360spider",
    "haosouspider",
    "yisouspider",
    "bytespider",
    "petalbot",
    "yandexbot",
    "duckduckbot",
    "applebot",
    "ahrefsbot",
    "semrushbot",
    "mj12bot",
    "gptbot",
    "claudebot",
    "ccbot/",
    // Previews of links.
    "facebookexternalhit",
    "twitterbot",
    "slackbot",
    "telegrambot",
    "dingtalkbot",
    // Programs.
    "headlesschrome",
    "phantomjs",
    "python-requests",
    "python-urllib",
    "scrapy/",
    "go-http-client",
    "java/",
    "curl/",
    "wget/",
];

/// The scene number with which WeChat's crawler opens a mini program, by WeChat's list of scene values.
const CRAWLER: u32 = 1129;

/// Whether this is a robot, by how it calls itself and by the scene with which it opened the mini program.
pub fn is_robot(user_agent: &str, scene: Option<u32>) -> bool {
    let name = user_agent.to_ascii_lowercase();
    scene == Some(CRAWLER) || NAMES.iter().any(|robot| name.contains(robot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_are_known_and_people_are_not_taken_for_them() {
        for robot in [
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
            "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
            "mpcrawler",
            "curl/8.5.0",
        ] {
            assert!(is_robot(robot, None), "{robot}");
        }
        for person in [
            "",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.54 NetType/WIFI",
            "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 MicroMessenger/8.0.49 MiniProgramEnv/android",
            "Mozilla/5.0 (Linux; Android 14; Java21) AppleWebKit/537.36 MicroMessenger/8.0.49",
        ] {
            assert!(!is_robot(person, Some(1007)), "{person}");
        }
        assert!(is_robot("", Some(1129)) && !is_robot("", Some(1008)));
    }
}
