package seed

// texts are what rows are made of: Chinese and English, with the characters that break
// careless programs.
type texts struct {
	people, latin, companies, departments, hospitals, cities, streets []string
	tags, things, sentences                                           []string
	resources                                                         []string // of saas_quota_usage_realtime
	modules, actions                                                  []string // they make the permission codes
}

func newTexts() texts {
	return texts{
		people: []string{
			"张伟", "王芳", "李娜", "刘洋", "陈静", "杨磊", "赵敏", "黄丽华", "周杰", "吴欣怡",
			"徐浩然", "孙悦", "欧阳明", "诸葛晴", "Anna Keller", "John Smith", "Siobhán O'Brien",
			"Zoë Müller", "José García", "Grace Hopper",
		},
		latin: []string{
			"zhang.wei", "wang.fang", "li.na", "liu.yang", "chen.jing", "anna.keller", "john.smith",
			"grace.hopper", "jose.garcia", "zoe.mueller",
		},
		companies: []string{
			"杭州云帆科技有限公司", "上海明日健康管理有限公司", "北京青松咨询有限公司", "深圳市海纳电子有限公司",
			"成都锦里餐饮集团", "Bright Harbour Ltd", "Nordwind GmbH", "O'Neill & Sons", "Łódź Tools",
		},
		departments: []string{"销售部", "客服部", "研发部", "市场部", "Finance", "Operations"},
		hospitals:   []string{"浙江大学附属第一医院", "上海市第六人民医院", "北京协和医院", "St. Mary's Hospital"},
		cities:      []string{"杭州市", "上海市", "北京市", "成都市", "Zürich", "São Paulo"},
		streets:     []string{"文三路 90 号", "南京西路 1266 号", "Baker Street 221b", "Rue de l'Église 5"},
		tags: []string{
			"vip", "VIP", "重点客户", "新客户", "价格敏感", "高血压", "复购", "café", "Cafe", "straße", "follow-up", "💡idea",
		},
		things: []string{
			"产品咨询", "健康体检", "上门维修", "会员续费", "Monthly report", "Onboarding", "Premium support", "Winter sale",
		},
		sentences: []string{
			"您好，请问什么时候可以预约？", "已收到，我们会尽快处理。", "客户反馈良好，建议继续跟进。",
			"血压偏高，建议复查。", "订单已确认，感谢您的支持！", "Please call me back after 5 o'clock.",
			"It's done; see \"notes\" for details.", `The file is at C:\temp\report.txt`, "100% of the_goal reached.",
			"Line one\nline two", "付款成功 ✅", "No answer yet -- trying again.", "/* not a comment */ ; SELECT 1",
			"Crème brûlée for Ångström", "多语言：日本語、한국어、العربية",
		},
		resources: []string{"users", "storage_gb", "api_calls", "wework_messages", "ai_tokens"},
		modules:   []string{"user", "role", "wework", "agent", "order", "service", "customer", "health"},
		actions:   []string{"read", "create", "update", "delete", "export"},
	}
}
